/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/check/plan.h"

#include "sim/check/wire_log.h"
#include "sim/transcript/pattern.h"
#include "wire/notation.h"
#include "wire/words.h"

enum { LINE_BYTES = 1024 * 1024, SHOWN_BYTES = 256 };

static void
set_all(struct variables *v, const struct transcript *t, const struct milter_param *param,
    size_t params)
{
	for (size_t i = 0; i < t->params; i++)
		(void)variables_set(
		    v, text_slice(&t->param[i].name), text_slice(&t->param[i].value));
	for (size_t i = 0; i < params; i++)
		(void)variables_set(v, slice_of(param[i].name), slice_of(param[i].value));
}

/* The bytes of a line that is sent; false: it is none, or they are not known yet. */
static bool
bytes_of(
    const struct step *s, const struct variables *v, struct text *line, struct text *out)
{
	struct text why = TEXT_INIT(400);
	bool packet = s->kind == STEP_MTA_PACKET || s->kind == STEP_MTA_ANYWAY;
	bool ok = packet || s->kind == STEP_MTA_BYTES;

	ok = ok && pattern_fill(text_slice(&s->text), v, line, &why) &&
	     (packet ? packet_read(out, TO_MILTER, text_slice(line), &why)
		     : words_unescape(out, text_slice(line), false, &why));
	text_clear(&why);
	return ok;
}

static void
print_step(const struct step *s, const struct variables *v, struct text *out)
{
	struct text line = TEXT_INIT(LINE_BYTES), bytes = TEXT_INIT(LINE_BYTES);

	text_printf(out, "   ");
	if (bytes_of(s, v, &line, &bytes) && s->kind != STEP_MTA_BYTES) {
		text_printf(
		    out, "%u M%s ", s->conn, s->kind == STEP_MTA_ANYWAY ? ">>" : ">");
		text_append_cut(out, slice_first(text_slice(&line), SHOWN_BYTES));
	} else {
		struct text whole = TEXT_INIT(LINE_BYTES);
		step_describe(s, &whole);
		text_append_cut(out, slice_first(text_slice(&whole), SHOWN_BYTES));
		text_clear(&whole);
	}
	text_printf(out, "\n");
	wire_log_hex(out, slice_first(text_slice(&bytes), SHOWN_BYTES), "        ");
	if (bytes.len > SHOWN_BYTES)
		text_printf(out, "        ... %zu bytes in all\n", bytes.len);
	text_clear(&line);
	text_clear(&bytes);
}

void
plan_print(const struct transcript *t, const struct milter_param *param, size_t params,
    struct text *out)
{
	struct variables v;

	variables_init(&v);
	set_all(&v, t, param, params);
	for (size_t i = 0; i < t->steps; i++)
		print_step(&t->step[i], &v, out);
	variables_clear(&v);
}
