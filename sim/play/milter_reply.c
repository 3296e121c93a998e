/* SPDX-License-Identifier: BSD-2-Clause */
/* M< lines against the packets that came; R< against what came of a message. */
#include "sim/play/milter_state.h"
#include "wire/notation.h"
#include "wire/words.h"

enum { SHOWN_MAX = 1000 };

/* --- one packet, one want --- */

static bool
raw_wanted(struct variables *v, struct slice want, char letter, struct slice payload)
{
	struct text filled = TEXT_INIT(FRAME_PAYLOAD_1M),
		    bytes = TEXT_INIT(FRAME_PAYLOAD_1M);
	struct text why = TEXT_INIT(400);
	bool same = pattern_fill(slice_from(want, strlen("raw ")), v, &filled, &why) &&
		    words_unescape(&bytes, text_slice(&filled), false, &why) &&
		    bytes.len > 0 && bytes.ptr[0] == letter &&
		    slice_equal(slice_from(text_slice(&bytes), 1), payload);

	text_clear(&filled);
	text_clear(&bytes);
	text_clear(&why);
	return same;
}

static bool
pattern_wanted(struct variables *v, struct slice want, char letter, struct slice payload)
{
	struct text shown = TEXT_INIT(5 * FRAME_PAYLOAD_1M);

	if (slice_starts(want, SLICE("raw ")))
		return raw_wanted(v, want, letter, payload);
	payload_describe(&shown, TO_MTA, letter, payload);
	bool same = pattern_match(want, text_slice(&shown), v);
	text_clear(&shown);
	return same;
}

bool
mplay_wanted(struct variables *v, const struct step *s, char letter, struct slice payload)
{
	enum packet_kind k = packet_kind(TO_MTA, letter);

	switch (s->want) {
	case WANT_PATTERN:
		return pattern_wanted(v, text_slice(&s->text), letter, payload);
	case WANT_ANSWER: return k < N_PACKETS && packet_rules[k].final;
	case WANT_CONSENT: return k == RPL_CONTINUE || k == RPL_ACCEPT;
	case WANT_REFUSAL:
		return k == RPL_REJECT || k == RPL_TEMPFAIL || k == RPL_REPLYCODE;
	case WANT_EDITS:
	case WANT_CLOSE:
	case WANT_UNTIL_CLOSE:
	case WANT_SILENCE: return false;
	}
	return false;
}

/* --- a line and its alternatives --- */

static const struct step *
with_want(const struct step *s, size_t n, enum want want)
{
	for (size_t i = 0; i < n; i++) {
		if (s[i].want == want)
			return &s[i];
	}
	return NULL;
}

static bool
any_wants(struct variables *v, const struct step *s, size_t n, char letter,
    struct slice payload)
{
	for (size_t i = 0; i < n; i++) {
		if (mplay_wanted(v, &s[i], letter, payload))
			return true;
	}
	return false;
}

/* Changes before a final answer that only the answer is asked of. */
static bool
passes_edits(const struct step *s, size_t n)
{
	return with_want(s, n, WANT_ANSWER) != NULL ||
	       with_want(s, n, WANT_CONSENT) != NULL ||
	       with_want(s, n, WANT_REFUSAL) != NULL ||
	       with_want(s, n, WANT_EDITS) != NULL;
}

enum take { TAKE_DONE, TAKE_DONE_KEEP, TAKE_PASS, TAKE_WRONG };

static enum take
take(struct strand *d, const struct step *s, size_t n, const struct frame *f)
{
	enum packet_kind k = packet_kind(TO_MTA, f->letter);
	bool final = k < N_PACKETS && packet_rules[k].final;

	if (with_want(s, n, WANT_UNTIL_CLOSE) != NULL)
		return TAKE_PASS;
	if (any_wants(&d->variables, s, n, f->letter, f->payload))
		return TAKE_DONE;
	if (with_want(s, n, WANT_EDITS) != NULL && final)
		return TAKE_DONE_KEEP;
	if (k < N_PACKETS && !final && (k == RPL_PROGRESS || passes_edits(s, n)))
		return TAKE_PASS;
	return TAKE_WRONG;
}

static void
wrong_packet(struct mplay *p, const struct step *s, const struct frame *f)
{
	struct text shown = TEXT_INIT(SHOWN_MAX), line = TEXT_INIT(2 * SHOWN_MAX);

	payload_describe(&shown, TO_MTA, f->letter, f->payload);
	text_printf(&line, "M< %s", text_cstr(&shown));
	mplay_differs(p, s, text_cstr(&line));
	text_clear(&shown);
	text_clear(&line);
}

static enum stepped
met(struct mplay *p)
{
	p->outcome->answers++;
	mplay_reach(p);
	return STEP_DONE;
}

/* Nothing that we sent excuses silence or an end: wherever it comes, it is a breach. */
static bool
is_bound(const struct mplay *p, const struct line_state *l, enum wire_rule rule)
{
	const struct judge *j = &l->link.judge;

	return (j->agreed || rule == RULE_REPLY_MISSING) && !j->lost && !j->blind &&
	       !l->quit && !l->shut && !l->connection_over && !l->told_421 &&
	       !wire_rule_set_has(p->t->allow, rule) &&
	       !wire_rule_set_has(p->config->allow, rule);
}

static void
stopped_short(struct mplay *p, struct line_state *l, const struct step *s,
    enum wire_rule rule, const char *got)
{
	if (!is_bound(p, l, rule)) {
		mplay_differs(p, s, got);
		return;
	}
	wire_rule_set_add(&p->outcome->broken, rule);
	p->outcome->rule = rule;
	mplay_fails(p, s, got);
}

static enum stepped
milter_gone(struct mplay *p, struct line_state *l, const struct step *s, size_t n)
{
	if (with_want(s, n, WANT_CLOSE) != NULL ||
	    with_want(s, n, WANT_UNTIL_CLOSE) != NULL)
		return met(p);
	if (!mplay_alive(p, s))
		return STEP_DONE;
	stopped_short(p, l, s, RULE_CLOSE_EARLY,
	    l->link.error != 0 ? "the connection broke"
			       : "the milter closed the connection");
	return STEP_DONE;
}

/*
 * No answer is due where the command was passed over, or where its answer was
 * taken away: the milter then goes on, which is all that it can be held to.
 */
static bool
settled_without(struct mplay *p, struct strand *d, const struct line_state *l,
    const struct step *s, size_t n)
{
	if (l->pass == PASS_NOT && !l->taken_away)
		return false;
	if (l->pass == PASS_NOT && with_want(s, n, WANT_SILENCE) != NULL)
		return false;
	if (p->now->pointing)
		mplay_not_reached(p, s,
		    l->taken_away ? "the milter does not answer this command"
				  : "the command was passed over");
	else if (l->pass == PASS_NOT && with_want(s, n, WANT_EDITS) == NULL &&
		 !any_wants(&d->variables, s, n, 'c', SLICE("")))
		mplay_not_reached(p, s, "the milter does not answer this command");
	return true;
}

enum stepped
mplay_reply(struct mplay *p, struct strand *d, const struct step *s, size_t n)
{
	struct line_state *l = mplay_line(p, d, s->conn);
	struct frame f;

	if (!mplay_open(p, l) || settled_without(p, d, l, s, n))
		return STEP_DONE;
	while (mta_link_next(&l->link, &f)) {
		enum take how = take(d, s, n, &f);
		if (how == TAKE_WRONG) {
			wrong_packet(p, s, &f);
			return STEP_DONE;
		}
		if (how == TAKE_DONE_KEEP)
			return met(p);
		mta_link_take(&l->link, &f);
		if (how == TAKE_DONE)
			return met(p);
		if (p->over)
			return STEP_DONE;
	}
	if (l->link.ended || l->link.closed)
		return milter_gone(p, l, s, n);
	return STEP_WAITS;
}

unsigned
mplay_patience(const struct mplay *p, const struct step *s, size_t n)
{
	const struct step *silence =
	    s->kind == STEP_REPLY ? with_want(s, n, WANT_SILENCE) : NULL;

	if (silence != NULL)
		return silence->wait_ms;
	if (p->config->limits.answer_ms != 0)
		return p->config->limits.answer_ms;
	return p->t->timeout_ms;
}

void
mplay_late(struct mplay *p, struct strand *d, const struct step *s, size_t n)
{
	struct line_state *l = mplay_line(p, d, s->conn);
	struct text got = TEXT_INIT(400);

	if (s->kind == STEP_REPLY && with_want(s, n, WANT_SILENCE) != NULL &&
	    l->link.in.len == 0) {
		(void)met(p);
		d->at += n;
		d->waiting = false;
		mplay_poke(p);
		return;
	}
	if (!mplay_alive(p, s))
		return;
	if (l->link.connecting) {
		mplay_end(p, MILTER_UNREACHABLE, s, NULL, "no connection in time");
		return;
	}
	text_printf(&got, "no answer in %u ms", mplay_patience(p, s, n));
	if (l->link.in.len > 0)
		text_printf(&got, " but %zu bytes of a packet", l->link.in.len);
	if (l->owed > l->answered)
		stopped_short(p, l, s, RULE_REPLY_MISSING, text_cstr(&got));
	else
		mplay_differs(p, s, text_cstr(&got));
	text_clear(&got);
}

/* --- R< --- */

bool
mplay_verdict(struct mplay *p, struct strand *d, const struct step *s)
{
	struct line_state *l = mplay_line(p, d, s->conn);
	struct slice verdict = text_slice(&l->message.verdict);

	if (verdict.len == 0) {
		mplay_not_reached(p, s, "the milter said nothing of the message");
		return false;
	}
	char letter = verdict.ptr[0];
	struct slice payload = slice_from(verdict, 1);
	if (mplay_wanted(&d->variables, s, letter, payload)) {
		(void)met(p);
		return true;
	}
	struct text shown = TEXT_INIT(SHOWN_MAX), line = TEXT_INIT(2 * SHOWN_MAX);
	payload_describe(&shown, TO_MTA, letter, payload);
	text_printf(&line, "R< %s", text_cstr(&shown));
	mplay_differs(p, s, text_cstr(&line));
	text_clear(&shown);
	text_clear(&line);
	return false;
}
