/* SPDX-License-Identifier: BSD-2-Clause */
/* What the lines of the MTA do: M>, M>>, M=, M!, let:, point:. */
#include "sim/play/milter_state.h"
#include "wire/notation.h"
#include "wire/words.h"

enum { LINE_MAX_BYTES = 4 * 1024 * 1024 };

struct line_state *
mplay_line(struct mplay *p, const struct strand *d, unsigned conn)
{
	return &p->line[(d->number - 1) * p->t->connections + conn - 1];
}

/* --- is a command sent at all? --- */

static bool
in_message(enum packet_kind k)
{
	return k == CMD_RCPT || (k >= CMD_DATA && k <= CMD_BODYEOB);
}

/* Macros go where their command goes, but for that both MTAs send masked ones. */
static enum packet_kind
belongs_to(const struct step *s)
{
	struct slice rest = text_slice(&s->text);
	size_t blank = slice_find(rest, ' ');
	struct slice stage = slice_from(rest, blank + 1);

	if (s->command != CMD_MACRO)
		return s->command;
	return packet_kind_named(TO_MILTER, slice_first(stage, slice_find(stage, ' ')));
}

static enum pass
passed_over(const struct line_state *l, const struct step *s)
{
	enum packet_kind k = belongs_to(s);

	if (s->kind == STEP_MTA_ANYWAY || k >= N_PACKETS)
		return PASS_NOT;
	if (l->connection_over && k != CMD_QUIT && k != CMD_QUIT_NC)
		return PASS_ALL;
	if (l->message_over && in_message(k))
		return PASS_MESSAGE;
	if (s->command != CMD_MACRO && s->command != CMD_OPTNEG && l->link.judge.agreed &&
	    !terms_send(&l->link.judge.dialogue.terms, k))
		return PASS_MASKED;
	if (k == CMD_BODY && l->link.judge.dialogue.skipped)
		return PASS_MASKED;
	return PASS_NOT;
}

static const char *const pass_words[] = {
	[PASS_NOT] = "",
	[PASS_MASKED] = "the milter does not want this command",
	[PASS_MESSAGE] = "the milter has done with this message",
	[PASS_ALL] = "the milter has done with this connection",
};

/* --- bytes --- */

/* A value with its own blank, where the milter asked for that. */
static bool
lead_space(
    const struct line_state *l, const struct step *s, struct text *line, struct text *why)
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
fill(struct strand *d, const struct line_state *l, const struct step *s, unsigned n,
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
flush_cut(struct mplay *p, struct line_state *l, struct slice bytes)
{
	size_t cut = p->variant->cut;

	mta_link_flush(&l->link, 0);
	p->cut_size = bytes.len;
	if (cut >= bytes.len)
		cut = 0;
	(void)mta_link_queue(&l->link, slice_first(bytes, cut));
	mta_link_flush(&l->link, cut);
	(void)mta_link_queue(&l->link, slice_from(bytes, cut));
}

static bool
queue(struct mplay *p, struct strand *d, struct line_state *l, const struct step *s)
{
	struct text bytes = TEXT_INIT(LINE_MAX_BYTES), why = TEXT_INIT(400);
	bool ok = true;

	for (unsigned n = 1; ok && n <= s->repeat; n++) {
		text_clear(&bytes);
		ok = fill(d, l, s, n, &bytes, &why);
		if (ok && p->now->pointing && p->variant->cut != 0)
			flush_cut(p, l, text_slice(&bytes));
		else if (ok)
			ok = mta_link_queue(&l->link, text_slice(&bytes));
		if (!ok && why.len == 0)
			text_printf(&why, "too much to send");
	}
	if (!ok)
		mplay_end(p, MILTER_ERROR, s, NULL, text_cstr(&why));
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

/* Nothing is known of what it wants before it has answered OPTNEG. */
static bool
must_wait_for_terms(const struct line_state *l, const struct step *s)
{
	return s->kind == STEP_MTA_PACKET && s->command != CMD_OPTNEG &&
	       l->last == CMD_OPTNEG && l->answered == 0 && !l->link.ended;
}

static void
remember(struct line_state *l, const struct step *s)
{
	const struct terms *terms = &l->link.judge.dialogue.terms;

	if (s->command == CMD_MACRO)
		return;
	l->last = s->command;
	l->taken_away = s->command != CMD_OPTNEG && l->link.judge.agreed &&
			packet_rules[s->command].answers != 0 &&
			!terms_answer(terms, s->command);
	if (s->command == CMD_MAIL || s->command == CMD_HELO || s->command == CMD_ABORT)
		l->message_over = false;
	l->quit |= s->command == CMD_QUIT;
}

static enum stepped
send_packet(struct mplay *p, struct strand *d, const struct step *s)
{
	struct line_state *l = mplay_line(p, d, s->conn);
	const struct step *next = s + 1;

	if (must_wait_for_terms(l, s)) {
		mta_link_flush(&l->link, 0);
		return STEP_WAITS;
	}
	enum pass pass = passed_over(l, s);
	if (s->command != CMD_MACRO)
		l->pass = pass;
	if (pass != PASS_NOT) {
		if (p->now->pointing)
			mplay_not_reached(p, s, pass_words[pass]);
		return STEP_DONE;
	}
	if (s->piece != 0)
		mta_link_flush(&l->link, 0);
	if (!queue(p, d, l, s))
		return STEP_DONE;
	remember(l, s);
	mplay_reach(p);
	bool last = next == p->step + p->steps || !is_send(next) ||
		    next->conn != s->conn || next->piece != s->piece;
	if (last)
		mta_link_flush(&l->link, s->piece);
	return STEP_DONE;
}

static enum stepped
send_bytes(struct mplay *p, struct strand *d, const struct step *s)
{
	struct line_state *l = mplay_line(p, d, s->conn);

	if (!mta_link_idle(&l->link)) { /* a write of its own */
		mta_link_flush(&l->link, l->link.piece);
		return STEP_WAITS;
	}
	l->pass = PASS_NOT;
	l->taken_away = false;
	if (!queue(p, d, l, s))
		return STEP_DONE;
	mplay_reach(p);
	/* One write, and a gap behind it. */
	mta_link_flush(&l->link, s->piece != 0 ? s->piece : l->link.out.len);
	return STEP_DONE;
}

static enum stepped
hang_up(struct mplay *p, struct strand *d, const struct step *s)
{
	struct line_state *l = mplay_line(p, d, s->conn);

	if (!mta_link_idle(&l->link) && !l->link.ended)
		return STEP_WAITS;
	mta_link_end(&l->link, s->kind == STEP_MTA_RESET      ? LINK_RESET
			       : s->kind == STEP_MTA_SHUTDOWN ? LINK_SHUTDOWN
							      : LINK_CLOSE);
	mplay_reach(p);
	return STEP_DONE;
}

static enum stepped
let(struct mplay *p, struct strand *d, const struct step *s)
{
	size_t equals = slice_find(text_slice(&s->text), '=');
	struct slice pattern = slice_from(text_slice(&s->text), equals + 1);
	struct text value = TEXT_INIT(VARIABLE_MAX), why = TEXT_INIT(400);

	if (!pattern_fill(pattern, &d->variables, &value, &why))
		mplay_end(p, MILTER_ERROR, s, NULL, text_cstr(&why));
	else if (!variables_set(&d->variables, slice_first(text_slice(&s->text), equals),
		     text_slice(&value)))
		mplay_end(p, MILTER_ERROR, s, NULL, "too many variables");
	text_clear(&value);
	text_clear(&why);
	return STEP_DONE;
}

/* The gap timer runs once; fired, it is 0 again while `waiting` still holds. */
static enum stepped
sleep_for(struct mplay *p, struct strand *d, const struct step *s)
{
	if (s->wait_ms == 0 || (d->waiting && d->gap.at == 0)) {
		mplay_reach(p);
		return STEP_DONE;
	}
	if (d->waiting)
		return STEP_WAITS;
	if (!loop_set(p->loop, &d->gap, loop_now(p->loop) + s->wait_ms + 1))
		mplay_end(p, MILTER_ERROR, s, NULL, "out of memory");
	return STEP_WAITS;
}

enum stepped
mplay_step(struct mplay *p, struct strand *d, const struct step *s)
{
	switch (s->kind) {
	case STEP_LET: return let(p, d, s);
	case STEP_POINT: p->now->pointing = true; return STEP_DONE;
	case STEP_MTA_WAIT: return sleep_for(p, d, s);
	default: break;
	}
	if (!mplay_open(p, mplay_line(p, d, s->conn)))
		return STEP_DONE;
	switch (s->kind) {
	case STEP_MTA_PACKET:
	case STEP_MTA_ANYWAY: return send_packet(p, d, s);
	case STEP_MTA_BYTES: return send_bytes(p, d, s);
	case STEP_MTA_CLOSE:
	case STEP_MTA_RESET:
	case STEP_MTA_SHUTDOWN: return hang_up(p, d, s);
	default: break;
	}
	mplay_end(p, MILTER_ERROR, s, NULL, "this line is none of a play with a milter");
	return STEP_DONE;
}
