/* SPDX-License-Identifier: BSD-2-Clause */
/* M< lines against the packets that came; R lines against what came of a message. */
#include "sim/play/milter_diff.h"
#include "sim/play/milter_want.h"
#include "sim/play/strand_lines.h"
#include "wire/notation.h"

enum { SHOWN_MAX = 1000 };

/* --- M< --- */

static void
wrong_packet(struct strand *d, const struct step *s, const struct frame *f)
{
	struct text shown = TEXT_INIT(SHOWN_MAX), line = TEXT_INIT(2 * SHOWN_MAX);

	payload_describe(&shown, TO_MTA, f->letter, f->payload);
	text_printf(&line, "M< %s", text_cstr(&shown));
	ending_differs(d->share->ending, s, text_cstr(&line));
	text_clear(&shown);
	text_clear(&line);
}

static enum stepped
met(const struct strand *d)
{
	ending_met(d->share->ending);
	return STEP_DONE;
}

/* Nothing that we sent excuses silence or an end: wherever it comes, it is a breach. */
static bool
is_bound(const struct strand *d, const struct milter_line *l, enum wire_rule rule)
{
	const struct judge *j = &l->link.judge;

	return (j->agreed || rule == RULE_REPLY_MISSING) && !j->lost && !j->blind &&
	       !l->quit && !l->shut && !l->connection_over && !l->told_421 &&
	       !ending_allows(d->share->ending, rule);
}

static void
stopped_short(struct strand *d, struct milter_line *l, const struct step *s,
    enum wire_rule rule, const char *got)
{
	if (!is_bound(d, l, rule)) {
		ending_differs(d->share->ending, s, got);
		return;
	}
	wire_rule_set_add(&d->share->ending->outcome->broken, rule);
	d->share->ending->outcome->rule = rule;
	ending_fails(d->share->ending, s, got);
}

static enum stepped
milter_gone(struct strand *d, struct milter_line *l, const struct step *s, size_t n)
{
	if (want_among(s, n, WANT_CLOSE) != NULL ||
	    want_among(s, n, WANT_UNTIL_CLOSE) != NULL)
		return met(d);
	if (!ending_alive(d->share->ending, s))
		return STEP_DONE;
	stopped_short(d, l, s, RULE_CLOSE_EARLY,
	    l->link.error != 0 ? "the connection broke"
			       : "the milter closed the connection");
	return STEP_DONE;
}

/*
 * No answer is due where the command was passed over, or where its answer was
 * taken away: the milter then goes on, which is all that it can be held to.
 */
static bool
settled_without(
    struct strand *d, const struct milter_line *l, const struct step *s, size_t n)
{
	if (l->pass == PASS_NOT && !l->taken_away)
		return false;
	if (l->pass == PASS_NOT && want_among(s, n, WANT_SILENCE) != NULL)
		return false;
	if (d->point.next)
		ending_not_reached(d->share->ending, s,
		    l->taken_away ? "the milter does not answer this command"
				  : "the command was passed over");
	else if (l->pass == PASS_NOT && want_among(s, n, WANT_EDITS) == NULL &&
		 !want_met_by_any(&d->variables, s, n, 'c', SLICE("")))
		ending_not_reached(
		    d->share->ending, s, "the milter does not answer this command");
	return true;
}

/* The answer to QUIT of a milter that always gives one, and QUIT is not the point. */
static bool
is_pardoned(
    const struct strand *d, const struct milter_line *l, const struct step *s, size_t n)
{
	return l->quit_answered && !d->point.next && want_among(s, n, WANT_CLOSE) != NULL;
}

enum stepped
strand_reply(struct strand *d, const struct step *s, size_t n)
{
	struct milter_line *l = strand_open(d, s);
	struct frame f;

	if (l == NULL || settled_without(d, l, s, n))
		return STEP_DONE;
	while (mta_link_next(&l->link, &f)) {
		enum want_take how = want_take(&d->variables, s, n, &f);
		if (how == WANT_WRONG && is_pardoned(d, l, s, n)) {
			mta_link_take(&l->link, &f);
			continue;
		}
		if (how == WANT_WRONG) {
			wrong_packet(d, s, &f);
			return STEP_DONE;
		}
		if (how == WANT_DONE_KEEP)
			return met(d);
		mta_link_take(&l->link, &f);
		if (how == WANT_DONE)
			return met(d);
		if (d->share->ending->over)
			return STEP_DONE;
	}
	if (l->link.ended || l->link.closed)
		return milter_gone(d, l, s, n);
	return STEP_WAITS;
}

enum { END_TIMES = 3 }; /* the patience with the end of a message */

unsigned
strand_patience(const struct strand *d, const struct step *s, size_t n)
{
	const struct step *silence =
	    s->kind == STEP_REPLY ? want_among(s, n, WANT_SILENCE) : NULL;

	if (silence != NULL)
		return silence->wait_ms;
	const struct milter_play_config *c = d->share->ending->config;
	/* MTAs wait longer there: sendmail 5 min, not 10 s; Postfix 300 s, not 30. */
	bool end = d->line[s->conn - 1].link.judge.dialogue.due == CMD_BODYEOB;

	return strand_answer_ms(c) * (end && c->limits.answer_ms == 0 ? END_TIMES : 1);
}

void
strand_late(struct strand *d, const struct step *s, size_t n)
{
	struct milter_line *l = &d->line[s->conn - 1];
	struct text got = TEXT_INIT(400);

	if (s->kind == STEP_REPLY && want_among(s, n, WANT_SILENCE) != NULL &&
	    l->link.in.len == 0) {
		(void)met(d);
		d->at += n;
		d->waiting = false;
		return;
	}
	if (!ending_alive(d->share->ending, s))
		return;
	if (l->link.connecting) {
		ending_set(d->share->ending, MILTER_UNREACHABLE, s, NULL,
		    "no connection in time");
		return;
	}
	text_printf(&got, "no answer in %u ms", strand_patience(d, s, n));
	if (l->link.in.len > 0)
		text_printf(&got, " but %zu bytes of a packet", l->link.in.len);
	if (l->owed > l->answered)
		stopped_short(d, l, s, RULE_REPLY_MISSING, text_cstr(&got));
	else
		ending_differs(d->share->ending, s, text_cstr(&got));
	text_clear(&got);
}

/* --- R:, R! same, R< --- */

static bool
comparable(struct strand *d, const struct milter_line *l, const struct step *s)
{
	if (l->message.before.len == 0 && !l->message.full) {
		ending_not_reached(
		    d->share->ending, s, "the message did not come to its end");
		return false;
	}
	if (!l->message.full)
		return true;
	ending_set(d->share->ending, MILTER_FAIL, s, "a message that can be kept",
	    "the milter makes the message larger than any MTA would keep it");
	return false;
}

static void
message_result(struct strand *d, const struct step *s, size_t n)
{
	const struct milter_line *l = &d->line[s->conn - 1];
	struct milter_ending *e = d->share->ending;
	struct text result = TEXT_INIT(RESULT_MAX), *diff = &e->outcome->diff;
	enum milter_same same;

	if (!comparable(d, l, s))
		return;
	mta_message_describe(&l->message, &result);
	if (s->kind == STEP_RESULT)
		same = result_lines(&d->variables, s, n, text_slice(&result), diff);
	else
		same = result_same(&d->variables, text_slice(&l->message.before),
			   text_slice(&result), diff)
			   ? RESULT_SAME
			   : RESULT_OTHER;
	switch (same) {
	case RESULT_SAME: ending_met(e); break;
	case RESULT_OTHER:
		ending_differs(e, s, "another message, see the difference");
		break;
	case RESULT_TOO_MUCH: ending_error(e, s, "the message has too many lines"); break;
	}
	text_clear(&result);
}

static void
verdict(struct strand *d, const struct step *s)
{
	const struct milter_line *l = &d->line[s->conn - 1];
	struct slice said = text_slice(&l->message.verdict);

	if (said.len == 0) {
		ending_not_reached(
		    d->share->ending, s, "the milter said nothing of the message");
		return;
	}
	char letter = said.ptr[0];
	struct slice payload = slice_from(said, 1);
	if (want_met(&d->variables, s, letter, payload)) {
		(void)met(d);
		return;
	}
	struct text shown = TEXT_INIT(SHOWN_MAX), line = TEXT_INIT(2 * SHOWN_MAX);
	payload_describe(&shown, TO_MTA, letter, payload);
	text_printf(&line, "R< %s", text_cstr(&shown));
	ending_differs(d->share->ending, s, text_cstr(&line));
	text_clear(&shown);
	text_clear(&line);
}

enum stepped
strand_result(struct strand *d, const struct step *s, size_t n)
{
	if (milter_line_outstanding(&d->line[s->conn - 1]))
		return STEP_WAITS;
	if (s->kind == STEP_VERDICT)
		verdict(d, s);
	else
		message_result(d, s, n);
	return STEP_DONE;
}
