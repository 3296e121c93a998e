/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/filters/chain_take.h"

#include "base/put.h"
#include "sim/filters/chain_edit.h"
#include "sim/filters/chain_send.h"
#include "sim/profile/answer.h"

static void
note(struct chain *c, const struct filter *f, const char *text)
{
	c->port.note(c->port.self, (size_t)(f - c->filter), text);
}

/* What comes of an answer that this MTA does not take; which rule it broke, if any,
 * is for the judge to say. */
static void
note_fault(struct chain *c, const struct filter *f, char letter, const char *effect)
{
	enum packet_kind kind = packet_kind(TO_MTA, letter);
	struct text t = TEXT_INIT(200);

	if (kind != N_PACKETS) {
		text_printf(&t, "%s", packet_rules[kind].name);
	} else {
		text_printf(&t, "'");
		text_append_escaped(&t, (struct slice){ &letter, 1 }, 1);
		text_printf(&t, "'");
	}
	text_printf(&t, " in answer to %s %s", packet_rules[c->step].name, effect);
	note(c, f, text_cstr(&t));
	text_clear(&t);
}

/* --- what stops the event --- */

/* This filter has nothing more to say, and is told nothing more. */
static void
keep_objection(struct chain *c, struct filter *f)
{
	f->state = FILTER_OBJECTS;
	f->close = true;
	f->verdict = c->outcome.kind;
	text_clear(&f->words);
	put(&f->words, c->outcome.reply);
}

static enum take
stop(struct chain *c, struct filter *f, enum outcome_kind kind)
{
	bool early = c->event.moment == MOMENT_CONNECT || c->event.moment == MOMENT_HELO;
	bool refuses = kind != OUTCOME_GO && kind != OUTCOME_HOLD;
	bool objects = (early && refuses) || kind == OUTCOME_SHUTDOWN;

	c->outcome = (struct outcome){ .kind = kind,
		.in_header = c->step == CMD_HEADER || c->step == CMD_EOH };
	if (kind == OUTCOME_REPLY)
		c->outcome.reply = text_slice(&c->reply);
	if (c->habits->objection_stays && objects)
		keep_objection(c, f);
	return TAKE_STOP;
}

static enum take
take_reply(struct chain *c, struct filter *f, struct slice payload)
{
	const struct reply_rules *rules = &c->habits->reply;

	text_clear(&c->reply);
	if (!answer_words(rules, payload, &c->reply)) {
		note(c, f,
		    "reply: not a code 4yz or 5yz with a text, % doubled, and a NUL "
		    "at the end; said in our own words");
		f->misconfigured = rules->spoilt == DO_MISCONFIGURED;
		return f->misconfigured ? TAKE_FAULT : stop(c, f, OUTCOME_SPOILT);
	}
	return stop(c, f, OUTCOME_REPLY);
}

/* --- what it does --- */

static enum take
pass_session(struct chain *c, struct filter *f)
{
	chain_send_ending(c, f, ENDING_PASSED);
	f->state = FILTER_OUT;
	f->close = true;
	return TAKE_LEAVE;
}

static enum take
go_on(struct chain *c, struct filter *f)
{
	if (c->step == CMD_MAIL)
		f->state = FILTER_IN_MESSAGE;
	return TAKE_GO;
}

/* Thrown away; where one filter's state is as good as another's it has passed it. */
static enum take
discard(struct chain *c, struct filter *f)
{
	if (c->habits->one_standing)
		f->state = FILTER_DONE;
	return stop(c, f, OUTCOME_DISCARD);
}

static enum take
react(struct chain *c, struct filter *f, const struct frame *frame)
{
	enum packet_kind kind = packet_kind(TO_MTA, frame->letter);
	enum answer answer = answer_of(c->habits, f->protocol, kind, frame->payload);
	enum reaction effect = c->habits->reactions->at[c->step][answer];

	c->parted = c->parted || (c->step == CMD_BODYEOB && kind != RPL_REPLBODY &&
				     c->event.message->replacing);

	switch (effect) {
	case DO_NEXT: return go_on(c, f);
	case DO_LEAVE: return TAKE_LEAVE;
	case DO_LAST: return stop(c, f, OUTCOME_GO);
	case DO_DISMISS: chain_end(c, ENDING_GREETING); return stop(c, f, OUTCOME_GO);
	case DO_PASS_MESSAGE: f->state = FILTER_DONE; return TAKE_LEAVE;
	case DO_PASS_SESSION: return pass_session(c, f);
	case DO_MUTE:
		f->mute = true;
		f->state = FILTER_DONE;
		return TAKE_LEAVE;
	case DO_REJECT: return stop(c, f, OUTCOME_REJECT);
	case DO_TEMPFAIL: return stop(c, f, OUTCOME_TEMPFAIL);
	case DO_REPLY: return take_reply(c, f, frame->payload);
	case DO_DISCARD: return discard(c, f);
	case DO_SPOILT: return stop(c, f, OUTCOME_SPOILT);
	case DO_SHUTDOWN: return stop(c, f, OUTCOME_SHUTDOWN);
	case DO_HOLD:
		*(c->event.moment == MOMENT_MESSAGE ? &c->held : &f->holds) = true;
		return TAKE_MORE;
	case DO_NO_BODY: f->skip_body = true; return TAKE_GO;
	case DO_SKIP: f->skip = c->step; return TAKE_GO;
	case DO_MORE: return TAKE_MORE;
	case DO_EDIT: return chain_edit(c, f, kind, frame);
	case DO_FAIL:
		note_fault(c, f, frame->letter, "fails the filter");
		return TAKE_FAULT;
	case DO_FAIL_LATE:
		note_fault(c, f, frame->letter, "fails the filter");
		return TAKE_LATE_FAULT;
	case DO_VOID:
		note_fault(c, f, frame->letter, "spoils the message");
		c->spoilt = true;
		return TAKE_MORE;
	case DO_MISCONFIGURED:
		note_fault(c, f, frame->letter, "fails the filter");
		f->misconfigured = true;
		return TAKE_FAULT;
	case DO_DIE: return stop(c, f, OUTCOME_DIE);
	case N_REACTIONS: break;
	}
	return TAKE_FAULT;
}

enum take
chain_take(struct chain *c, struct filter *f, const struct frame *frame)
{
	enum take take = react(c, f, frame);
	bool holds = c->event.moment == MOMENT_MESSAGE ? c->held : f->holds;
	bool no_objection = take == TAKE_GO || take == TAKE_LEAVE;

	if (no_objection && c->spoilt)
		return stop(c, f, OUTCOME_TEMPFAIL);
	if (no_objection && holds)
		return stop(c, f, OUTCOME_HOLD);
	return take;
}
