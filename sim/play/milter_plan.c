/* SPDX-License-Identifier: BSD-2-Clause */
/* What a play with a milter would send, without a milter. */
#include "sim/play/milter_play.h"
#include "sim/play/strand.h"
#include "wire/frame.h"
#include "wire/notation.h"
#include "wire/words.h"

enum { LINE_MAX_BYTES = 4 * 1024 * 1024 };

struct plan {
	const struct milter_play_config *config;
	struct variables variables;
	struct text line, bytes, why;
};

static void
tell(struct plan *p, const struct step *s, struct event e)
{
	e.conn = s->conn;
	e.filter = 0;
	e.to = TO_MILTER;
	event_tell(&p->config->sink, &e);
}

/* As written: what is awaited, or what has a value only when something came. */
static void
tell_line(struct plan *p, const struct step *s)
{
	text_clear(&p->line);
	step_describe(s, &p->line);
	tell(p, s, (struct event){ .what = EVENT_NOTE, .bytes = text_slice(&p->line) });
}

/* The bytes of one line; false: a variable has no value yet. */
static bool
fill(struct plan *p, const struct step *s)
{
	text_clear(&p->line);
	text_clear(&p->bytes);
	text_clear(&p->why);
	if (!pattern_fill(text_slice(&s->text), &p->variables, &p->line, &p->why))
		return false;
	return s->kind == STEP_MTA_BYTES
		   ? words_unescape(&p->bytes, text_slice(&p->line), false, &p->why)
		   : packet_read(&p->bytes, TO_MILTER, text_slice(&p->line), &p->why);
}

static void
plan_send(struct plan *p, const struct step *s)
{
	struct frame f;

	if (!fill(p, s))
		tell_line(p, s);
	else if (s->kind != STEP_MTA_BYTES &&
		 frame_decode(text_slice(&p->bytes), FRAME_PAYLOAD_1M, &f) == FRAME_OK)
		tell(p, s,
		    (struct event){
			.what = EVENT_PACKET, .letter = f.letter, .bytes = f.payload });
	else
		tell(p, s,
		    (struct event){ .what = EVENT_RAW, .bytes = text_slice(&p->bytes) });
}

static bool
plan_let(struct plan *p, const struct step *s)
{
	size_t equals = slice_find(text_slice(&s->text), '=');

	text_clear(&p->line);
	return !pattern_fill(slice_from(text_slice(&s->text), equals + 1), &p->variables,
		   &p->line, &p->why) ||
	       variables_set(&p->variables, slice_first(text_slice(&s->text), equals),
		   text_slice(&p->line));
}

static bool
plan_step(struct plan *p, const struct step *s)
{
	switch (s->kind) {
	case STEP_MTA_PACKET:
	case STEP_MTA_ANYWAY:
	case STEP_MTA_BYTES: plan_send(p, s); return true;
	case STEP_LET: return plan_let(p, s);
	default: tell_line(p, s); return true;
	}
}

bool
milter_play_plan(const struct milter_play_config *config, struct text *why)
{
	const struct transcript *t = config->transcript;
	const struct generator *g = &t->head.generator;
	const struct variant v = { .sessions = 1,
		.has_length = g->kind == GENERATE_LENGTHS,
		.length = g->lengths > 0 ? g->length[0] : 0 };
	struct plan p = { .config = config,
		.line = TEXT_INIT(LINE_MAX_BYTES),
		.bytes = TEXT_INIT(LINE_MAX_BYTES),
		.why = TEXT_INIT(400) };
	bool ok = strand_variables(config, 1, &p.variables) &&
		  variant_variables(&v, &p.variables);

	for (size_t i = 0; ok && i < t->steps; i++)
		ok = plan_step(&p, &t->step[i]);
	if (!ok)
		text_printf(why, "too many variables, or out of memory");
	variables_clear(&p.variables);
	text_clear(&p.line);
	text_clear(&p.bytes);
	text_clear(&p.why);
	return ok;
}
