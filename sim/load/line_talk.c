/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/load/line_talk.h"

#include <time.h>

uint64_t
line_now_us(void)
{
	struct timespec t = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* --- what is said next --- */

static const struct load_script *
script_at(const struct line *l)
{
	const struct load_mail *m = l->wish->mail;

	if (l->quitting)
		return l->script == 0 ? &m->quit : NULL;
	if (!l->opened)
		return l->script == 0 ? &m->opening : NULL;
	if (l->script == 0)
		return load_mail_of(m, l->number);
	if (l->script <= l->rcpts)
		return load_rcpt_script(m, l->number, l->script - 1);
	return l->script == l->rcpts + 1 ? &load_content_of(m, l->number)->script : NULL;
}

/* The unit at hand, over the ends of scripts; NULL: there is none. */
static const struct load_unit *
unit_at(struct line *l)
{
	const struct load_script *s;

	while ((s = script_at(l)) != NULL) {
		if (l->unit < s->units)
			return &s->unit[l->unit];
		l->script++;
		l->unit = 0;
	}
	return NULL;
}

void
line_rewind(struct line *l)
{
	l->script = l->unit = 0;
	l->paced = NULL;
}

/* --- messages --- */

static const enum load_verdict verdict_of[] = {
	[ANSWER_GO] = LOAD_ACCEPTED,
	[ANSWER_ACCEPTED] = LOAD_ACCEPTED,
	[ANSWER_REFUSED] = LOAD_REFUSED,
	[ANSWER_DEFERRED] = LOAD_DEFERRED,
	[ANSWER_DISCARDED] = LOAD_DISCARDED,
};

static const struct load_parties *
parties_of(const struct line *l)
{
	return &l->wish->mail->wish->parties;
}

/* The next recipient; what it was told is in l->reply if it is not taken. */
static void
settle_rcpt(struct line *l, enum load_verdict verdict)
{
	const struct load_parties *p = parties_of(l);
	size_t i = l->settled_rcpts++, index = load_rcpt_index(p, l->number, i);
	const struct load_rcpt_outcome o = {
		.number = l->number,
		.who = load_rcpt_of(p, l->number, i),
		.index = index < p->tos ? index : LOAD_PARTIES_MAX,
		.verdict = verdict,
		.reply = text_slice(&l->reply),
		.sender_may = load_sender_may(p, l->number),
	};

	l->owner->settled_rcpt(l->owner->self, &o);
}

/* Who was not asked about when a message is taken is taken with it. */
static void
settle(struct line *l, enum load_verdict verdict)
{
	const struct load_content *c = load_content_of(l->wish->mail, l->number);
	const struct load_outcome o = {
		.number = l->number,
		.bytes = c->bytes,
		.worm = c->worm,
		.verdict = verdict,
		.reply = text_slice(&l->reply),
		.no_recipients = l->refused_rcpts == l->rcpts,
		.sender = load_sender_of(parties_of(l), l->number),
		.may = load_may_of(parties_of(l), l->number),
	};

	while (verdict == LOAD_ACCEPTED && l->settled_rcpts < l->rcpts)
		settle_rcpt(l, LOAD_ACCEPTED);
	l->owner->settled(l->owner->self, &o);
	l->in_message = false;
}

static void
put(struct line *l, const struct load_unit *u)
{
	const struct text *all = &l->wish->mail->bytes;

	outbox_put(&l->out, (struct slice){ all->ptr + u->at, u->len });
}

static void
forget_message(struct line *l)
{
	const struct load_unit *u = l->wish->mail->rset.unit;

	put(l, u);
	if (l->wish->dialect->answers(l, u))
		l->asked = u;
	l->since = line_now_us();
}

/* The message has its verdict; `over`: the other side knows that it is over. */
static void
end_message(struct line *l, enum load_verdict verdict, bool over)
{
	if (l->begun != 0)
		l->owner->took(l->owner->self, LOAD_MESSAGE, line_now_us() - l->begun);
	settle(l, verdict);
	text_clear(&l->reply);
	line_rewind(l);
	if (!over)
		forget_message(l);
}

static bool
begin_message(struct line *l)
{
	uint64_t at = 0;
	bool full =
	    l->wish->per_connection != 0 && l->messages >= l->wish->per_connection;

	if (!full && l->owner->next(l->owner->self, &l->number, &at)) {
		l->rcpts = load_rcpts_of(parties_of(l), l->number);
		l->settled_rcpts = l->refused_rcpts = 0;
		l->messages++;
		l->in_message = true;
		l->skip_body = false;
		l->begun = 0;
		return true;
	}
	if (at != 0) {
		(void)loop_set(l->loop, &l->pause, at);
		return false;
	}
	l->quitting = true;
	line_rewind(l);
	return true;
}

/* --- answers --- */

static void
rcpt_refused(struct line *l, enum load_answer how)
{
	settle_rcpt(l, verdict_of[how]);
	l->refused_rcpts++;
	l->rcpt_verdict = verdict_of[how];
	if (l->refused_rcpts == l->rcpts)
		end_message(l, l->rcpt_verdict, false);
}

/* A decision about the message, or in the opening about all of them. */
static void
decided(struct line *l, const struct load_unit *u, enum load_answer how)
{
	if (u->stage == LOAD_UNTIMED)
		return;
	if (!l->in_message) {
		l->always = how;
		l->opened = true;
		line_rewind(l);
		return;
	}
	if (u->stage == LOAD_RCPT && (how == ANSWER_REFUSED || how == ANSWER_DEFERRED)) {
		rcpt_refused(l, how);
		return;
	}
	end_message(l, verdict_of[how], u->stage == LOAD_EOM);
}

static void
answered(struct line *l, const struct load_unit *u, enum load_answer how)
{
	bool ends = u->stage == LOAD_EOM && l->in_message;

	switch (how) {
	case ANSWER_SKIP: l->skip_body = true; break;
	case ANSWER_GO:
		if (u->stage == LOAD_RCPT)
			settle_rcpt(l, LOAD_ACCEPTED);
		if (ends)
			end_message(l, LOAD_ACCEPTED, true);
		break;
	case ANSWER_ACCEPTED:
	case ANSWER_REFUSED:
	case ANSWER_DEFERRED:
	case ANSWER_DISCARDED: decided(l, u, how); break;
	case ANSWER_NONE:
	case ANSWER_PASSED:
	case ANSWER_FAULT: break;
	}
}

/* True when the answer that was due has come. */
bool
line_take_answer(struct line *l)
{
	struct text why = TEXT_INIT(400);
	const struct load_unit *u = l->asked;
	enum load_answer how;

	do
		how = l->wish->dialect->take(l, u, &why);
	while (how == ANSWER_PASSED);
	if (how == ANSWER_FAULT)
		line_fault(l, text_cstr(&why));
	text_clear(&why);
	if (how == ANSWER_NONE || how == ANSWER_FAULT)
		return false;
	if (u->stage != LOAD_UNTIMED)
		l->owner->took(l->owner->self, u->stage, line_now_us() - l->since);
	l->asked = NULL;
	answered(l, u, how);
	return line_is_open(l);
}

/* --- saying it --- */

/* A client types: a pause before each command of the envelope. */
static bool
must_pause(struct line *l, const struct load_unit *u)
{
	bool typed = u->stage >= LOAD_CONNECT && u->stage <= LOAD_DATA;

	if (l->wish->pace_ms == 0 || !typed || l->paced == u)
		return false;
	l->paced = u;
	return loop_set(l->loop, &l->pause, loop_now(l->loop) + l->wish->pace_ms);
}

static bool
is_passed_over(const struct line *l, const struct load_unit *u)
{
	return !l->wish->dialect->sends(l, u) || (l->skip_body && u->stage == LOAD_BODY);
}

/* Who does not answer about a recipient takes it. */
static void
unanswered(struct line *l, const struct load_unit *u)
{
	if (u->stage == LOAD_RCPT)
		settle_rcpt(l, LOAD_ACCEPTED);
}

/* One unit; false: something must happen first. */
static bool
say(struct line *l, const struct load_unit *u)
{
	l->full = !outbox_has_room(&l->out);
	if (l->full || must_pause(l, u))
		return false;
	if (is_passed_over(l, u)) {
		l->unit++;
		unanswered(l, u);
		return true;
	}
	if (l->in_message && l->begun == 0)
		l->begun = line_now_us();
	put(l, u);
	l->unit++;
	if (!l->wish->dialect->answers(l, u)) {
		unanswered(l, u);
		return true;
	}
	l->asked = u;
	if (u->stage != LOAD_OPEN) /* that began with the connection */
		l->since = line_now_us();
	return false;
}

/* All units are said and none has an answer. */
static bool
at_end(struct line *l)
{
	if (l->quitting)
		return false;
	if (l->in_message) {
		end_message(l, LOAD_ACCEPTED, true);
		return line_is_open(l);
	}
	l->opened = true;
	line_rewind(l);
	if (!begin_message(l))
		return false;
	if (l->in_message && l->always != ANSWER_NONE)
		settle(l, verdict_of[l->always]);
	return true;
}

/* As far as it goes without waiting. */
void
line_talk(struct line *l)
{
	const struct load_unit *u;

	while (l->pause.at == 0 && l->asked == NULL && line_is_open(l)) {
		bool idle = l->opened && !l->in_message && !l->quitting;
		u = idle ? NULL : unit_at(l);
		if (u != NULL ? !say(l, u) : !at_end(l))
			break;
	}
}
