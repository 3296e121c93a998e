/* SPDX-License-Identifier: BSD-2-Clause */
/* What the lines of the MTA do: M>, M>>, M=, M!, let:, point:. */
#include <errno.h>
#include <string.h>

#include "sim/play/strand_lines.h"
#include "wire/notation.h"
#include "wire/words.h"

enum { LINE_MAX_BYTES = 4 * 1024 * 1024 };

/* --- bytes --- */

/* A value with its own blank, where the milter asked for that. */
static bool
lead_space(const struct milter_line *l, const struct step *s, struct text *line,
    struct text *why)
{
	size_t colon = slice_find(text_slice(line), ':');
	struct text spaced = TEXT_INIT(LINE_MAX_BYTES);
	struct slice value = slice_from(text_slice(line), colon + 1);

	if (s->kind != STEP_MTA_PACKET || s->command != CMD_HEADER ||
	    (l->link.judge.dialogue.terms.protocol & PROTO_HDR_LEADSPC) == 0 ||
	    slice_trim(value).len == 0)
		return true;
	bool ok = words_append(&spaced, slice_first(text_slice(line), colon), why) &&
		  words_append(&spaced, SLICE(": "), why) &&
		  words_append(&spaced, value, why);
	text_clear(line);
	ok = ok && words_append(line, text_slice(&spaced), why);
	text_clear(&spaced);
	return ok;
}

static bool
fill(struct strand *d, const struct milter_line *l, const struct step *s, unsigned n,
    struct text *out, struct text *why)
{
	struct text line = TEXT_INIT(LINE_MAX_BYTES), number = TEXT_INIT(20);
	bool ok = true;

	if (s->repeat > 1) {
		text_printf(&number, "%u", n);
		ok = variables_set(&d->variables, SLICE("n"), text_slice(&number));
	}
	ok = ok && pattern_fill(text_slice(&s->text), &d->variables, &line, why);
	if (ok && s->kind == STEP_MTA_BYTES)
		ok = words_unescape(out, text_slice(&line), false, why);
	else if (ok)
		ok = lead_space(l, s, &line, why) &&
		     packet_read(out, TO_MILTER, text_slice(&line), why);
	text_clear(&line);
	text_clear(&number);
	return ok;
}

/* The packet behind point: in two writes, where a variant says so. */
static void
flush_cut(struct strand *d, struct milter_line *l, struct slice bytes)
{
	size_t cut = d->share->variant->cut;

	mta_link_flush(&l->link, 0);
	d->cut_size = bytes.len;
	if (cut >= bytes.len)
		cut = 0;
	(void)mta_link_queue(&l->link, slice_first(bytes, cut));
	mta_link_flush(&l->link, cut);
	(void)mta_link_queue(&l->link, slice_from(bytes, cut));
}

static bool
queue(struct strand *d, struct milter_line *l, const struct step *s)
{
	struct text bytes = TEXT_INIT(LINE_MAX_BYTES), why = TEXT_INIT(400);
	bool ok = true;

	for (unsigned n = 1; ok && n <= s->repeat; n++) {
		text_clear(&bytes);
		ok = fill(d, l, s, n, &bytes, &why);
		if (ok && d->point.next && d->share->variant->cut != 0)
			flush_cut(d, l, text_slice(&bytes));
		else if (ok)
			ok = mta_link_queue(&l->link, text_slice(&bytes));
		if (!ok && why.len == 0)
			text_printf(&why, "too much to send");
	}
	if (!ok)
		ending_error(d->share->ending, s, text_cstr(&why));
	text_clear(&bytes);
	text_clear(&why);
	return ok;
}

/* --- the lines --- */

static bool
is_send(const struct step *s)
{
	return s->kind == STEP_MTA_PACKET || s->kind == STEP_MTA_ANYWAY;
}

static enum stepped
send_packet(struct strand *d, const struct step *s)
{
	struct milter_line *l = &d->line[s->conn - 1];
	const struct step *next = s + 1;

	if (milter_line_must_wait(l, s)) {
		mta_link_flush(&l->link, 0);
		return STEP_WAITS;
	}
	enum pass pass = milter_line_pass(l, s);
	if (s->command != CMD_MACRO)
		l->pass = pass;
	if (pass != PASS_NOT) {
		if (d->point.next)
			ending_not_reached(
			    d->share->ending, s, milter_line_pass_words(pass));
		return STEP_DONE;
	}
	if (d->share->variant->cut != 0 && l->link.connecting)
		return STEP_WAITS; /* two writes before that would be one */
	if (s->piece != 0)
		mta_link_flush(&l->link, 0);
	if (!queue(d, l, s))
		return STEP_DONE;
	milter_line_remember(l, s);
	ending_reach(d->share->ending);
	bool last = next == d->share->step + d->share->steps || !is_send(next) ||
		    next->conn != s->conn || next->piece != s->piece;
	if (last)
		mta_link_flush(&l->link, s->piece);
	return STEP_DONE;
}

/* What is there still, such as macros of a command that was passed over. */
static void
flush_and_pause(struct milter_line *l)
{
	mta_link_flush(&l->link, l->link.piece != 0 ? l->link.piece : l->link.out.len);
}

static enum stepped
send_bytes(struct strand *d, const struct step *s)
{
	struct milter_line *l = &d->line[s->conn - 1];

	if (!mta_link_idle(&l->link)) { /* a write of its own */
		flush_and_pause(l);
		return STEP_WAITS;
	}
	l->pass = PASS_NOT;
	l->taken_away = false;
	if (!queue(d, l, s))
		return STEP_DONE;
	ending_reach(d->share->ending);
	/* One write, and a gap behind it. */
	mta_link_flush(&l->link, s->piece != 0 ? s->piece : l->link.out.len);
	return STEP_DONE;
}

static enum stepped
hang_up(struct strand *d, const struct step *s)
{
	struct milter_line *l = &d->line[s->conn - 1];

	if (!mta_link_idle(&l->link) && !l->link.ended) {
		flush_and_pause(l);
		return STEP_WAITS;
	}
	mta_link_end(&l->link, s->kind == STEP_MTA_RESET      ? LINK_RESET
			       : s->kind == STEP_MTA_SHUTDOWN ? LINK_SHUTDOWN
							      : LINK_CLOSE);
	ending_reach(d->share->ending);
	return STEP_DONE;
}

static enum stepped
let(struct strand *d, const struct step *s)
{
	size_t equals = slice_find(text_slice(&s->text), '=');
	struct slice pattern = slice_from(text_slice(&s->text), equals + 1);
	struct text value = TEXT_INIT(VARIABLE_MAX), why = TEXT_INIT(400);

	if (!pattern_fill(pattern, &d->variables, &value, &why))
		ending_error(d->share->ending, s, text_cstr(&why));
	else if (!variables_set(&d->variables, slice_first(text_slice(&s->text), equals),
		     text_slice(&value)))
		ending_error(d->share->ending, s, "too many variables");
	text_clear(&value);
	text_clear(&why);
	return STEP_DONE;
}

/* The gap timer runs once; fired, it is 0 again while `waiting` still holds. */
static enum stepped
sleep_for(struct strand *d, const struct step *s)
{
	struct loop *loop = d->share->loop;

	if (s->wait_ms == 0 || (d->waiting && d->gap.at == 0)) {
		ending_reach(d->share->ending);
		return STEP_DONE;
	}
	if (d->waiting)
		return STEP_WAITS;
	if (!loop_set(loop, &d->gap, loop_now(loop) + s->wait_ms + 1))
		ending_error(d->share->ending, s, "out of memory");
	return STEP_WAITS;
}

struct milter_line *
strand_open(struct strand *d, const struct step *s)
{
	struct milter_ending *e = d->share->ending;
	struct milter_line *l = &d->line[s->conn - 1];

	if (milter_line_open(l, &d->share->place))
		return e->over ? NULL : l;
	if (errno == ENOMEM)
		ending_error(e, s, "out of memory");
	else
		ending_set(e, MILTER_UNREACHABLE, s, NULL, strerror(errno));
	return NULL;
}

enum stepped
strand_send(struct strand *d, const struct step *s)
{
	switch (s->kind) {
	case STEP_LET: return let(d, s);
	case STEP_POINT: d->point.next = true; return STEP_DONE;
	case STEP_MTA_WAIT: return sleep_for(d, s);
	default: break;
	}
	if (strand_open(d, s) == NULL)
		return STEP_DONE;
	switch (s->kind) {
	case STEP_MTA_PACKET:
	case STEP_MTA_ANYWAY: return send_packet(d, s);
	case STEP_MTA_BYTES: return send_bytes(d, s);
	case STEP_MTA_CLOSE:
	case STEP_MTA_RESET:
	case STEP_MTA_SHUTDOWN: return hang_up(d, s);
	default: break;
	}
	ending_error(d->share->ending, s, "this line is none of a play with a milter");
	return STEP_DONE;
}
