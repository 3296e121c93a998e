/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/filters/chain_turn.h"

#include "sim/filters/chain_clock.h"
#include "sim/filters/chain_send.h"
#include "sim/filters/chain_take.h"
#include "wire/bytes.h"

static void
note(struct chain *c, const struct filter *f, const char *text)
{
	c->port.note(c->port.self, (size_t)(f - c->filter), text);
}

/* --- failing --- */

/* What a failed filter's policy makes of an event. */
static enum turn
policy(struct chain *c, const struct filter *f)
{
	static const enum outcome_kind outcome[] = {
		[POLICY_TEMPFAIL] = OUTCOME_FAILED_TEMPFAIL,
		[POLICY_REJECT] = OUTCOME_FAILED_REJECT,
		[POLICY_SHUTDOWN] = OUTCOME_SHUTDOWN,
		[POLICY_QUARANTINE] = OUTCOME_HOLD,
	};
	enum filter_policy p = f->config->policy;

	if (p == POLICY_IGNORE)
		return TURN_NEXT;
	bool own_words = f->misconfigured && p != POLICY_QUARANTINE;
	c->outcome =
	    (struct outcome){ .kind = own_words ? OUTCOME_MISCONFIGURED : outcome[p] };
	return TURN_STOP;
}

static enum turn
fail(struct chain *c, struct filter *f)
{
	filter_abandon(f);
	c->waiting = false;
	c->deadline = c->eom_deadline = 0;
	if (c->held && c->event.moment == MOMENT_MESSAGE)
		text_clear(&c->event.message->quarantine);
	c->held = false;
	/* What its F= says takes the place of what it said itself. */
	f->holds = f->holds && c->event.moment == MOMENT_MESSAGE;
	enum turn turn = policy(c, f);
	f->unnoticed = c->event.moment == MOMENT_MESSAGE;
	/* That was this message's answer; later it is only known to be gone. */
	f->misconfigured = f->misconfigured && c->event.moment != MOMENT_MESSAGE;
	return turn;
}

/* --- one turn of one filter --- */

/*
 * Told something before it asked: an answer too many.  Said once, since all later ones
 * are off by one.
 */
void
chain_check_silence(struct chain *c, struct filter *f)
{
	if (f->in.len == 0 || f->early)
		return;
	f->early = true;
	c->port.early(c->port.self, (size_t)(f - c->filter),
	    (char)(f->in.len < FRAME_HEAD ? '\0' : f->in.ptr[FRAME_HEAD - 1]));
}

void
chain_offer(struct chain *c, struct filter *f)
{
	const struct packet offer = { .kind = CMD_OPTNEG,
		.optneg = { c->habits->offer.version, c->habits->offer.actions,
		    c->habits->offer.protocol, SLICE("") } };

	c->step = CMD_OPTNEG;
	c->waiting = true;
	c->deadline = chain_limit(c, f->config->send_ms);
	if (packet_encode(&f->out, &offer) != CODEC_OK) {
		note(c, f, "no memory");
		filter_abandon(f);
		return;
	}
	c->port.packet(c->port.self, (size_t)(f - c->filter), TO_MILTER, 'O',
	    slice_from(text_slice(&f->out), FRAME_HEAD));
}

static enum turn
negotiate(struct chain *c, struct filter *f, const struct frame *frame)
{
	struct text why = TEXT_INIT(200);
	bool good = frame->letter == 'O';

	if (!good)
		text_printf(&why, "negotiation: answered by '%c'", frame->letter);
	good = good && filter_negotiated(f, &c->habits->offer, frame->payload, &why);
	if (!good)
		note(c, f, text_cstr(&why));
	text_clear(&why);
	c->waiting = false;
	return good ? TURN_NEXT : fail(c, f);
}

/* Less than nothing, or 2 GiB and more, is no length to make room for. */
static bool
deadly_length(struct slice in)
{
	uint32_t length = in.len >= FRAME_HEAD - 1 ? bytes_u32(in.ptr) : 1;

	return length == 0 || length > INT32_MAX;
}

/* True when a frame is there; false: not yet, or *ret_turn says what now. */
static bool
next_frame(struct chain *c, struct filter *f, struct frame *ret, enum turn *ret_turn)
{
	size_t most = c->habits->offer.payload_max;
	enum frame_status status =
	    frame_decode(text_slice(&f->in), most != 0 ? most : FRAME_PAYLOAD_64K, ret);

	bool deadly = deadly_length(text_slice(&f->in)) && c->step != CMD_OPTNEG &&
		      c->habits->dies_of_empty &&
		      c->habits->reactions->at[c->step][ANSWER_EMPTY] == DO_DIE;

	*ret_turn = TURN_WAIT;
	if (status == FRAME_OK)
		return true;
	/* It reads length and letter at once, and looks at the length then. */
	if (deadly && f->in.len < FRAME_HEAD)
		status = FRAME_SHORT;
	if (status != FRAME_SHORT)
		c->port.bad_frame(c->port.self, (size_t)(f - c->filter), status);
	if (deadly && status != FRAME_SHORT) {
		c->outcome = (struct outcome){ .kind = OUTCOME_DIE };
		*ret_turn = TURN_STOP;
	} else if (status != FRAME_SHORT) {
		note(c, f, frame_fault(status));
		*ret_turn = fail(c, f);
	} else if (f->eof) {
		if (f->in.len > 0)
			c->port.bad_frame(c->port.self, (size_t)(f - c->filter), status);
		note(c, f, "closed the connection instead of an answer");
		*ret_turn = fail(c, f);
	}
	return false;
}

/* Out of the session, but the client hears of it at its next command only. */
static enum turn
fail_late(struct chain *c, struct filter *f)
{
	/* In a message the next packet is the next command. */
	if (c->event.moment == MOMENT_MESSAGE)
		return fail(c, f);
	filter_abandon(f);
	return TURN_NEXT;
}

/* Takes answers until one ends the wait; true: go on with the next packet. */
static bool
take_answers(struct chain *c, struct filter *f, enum turn *ret)
{
	struct frame frame;

	while (next_frame(c, f, &frame, ret)) {
		c->port.packet(c->port.self, (size_t)(f - c->filter), TO_MTA,
		    frame.letter, frame.payload);
		if (c->step == CMD_OPTNEG) {
			size_t size = frame.size;
			*ret = negotiate(c, f, &frame);
			if (*ret == TURN_NEXT && f->in.len >= size)
				filter_took(f, size);
			return false;
		}
		enum take take = chain_take(c, f, &frame);
		if (f->in.len >= frame.size)
			filter_took(f, frame.size);
		switch (take) {
		case TAKE_MORE: chain_wait(c, f); continue;
		case TAKE_GO: return true;
		case TAKE_LEAVE: *ret = TURN_NEXT; return false;
		case TAKE_STOP: *ret = TURN_STOP; return false;
		case TAKE_FAULT: *ret = fail(c, f); return false;
		case TAKE_LATE_FAULT: *ret = fail_late(c, f); return false;
		}
	}
	return false;
}

static bool
timed_out(struct chain *c, struct filter *f)
{
	if (c->deadline == 0 || c->now < c->deadline)
		return false;
	note(c, f, f->out.len != 0 ? "timeout: does not read" : "timeout: no answer");
	return true;
}

/* Does this filter take part in the event? */
static bool
takes_part(const struct chain *c, struct filter *f)
{
	bool anew = c->event.moment == MOMENT_HELO || c->event.moment == MOMENT_MAIL;

	if (anew && (f->over || !c->habits->mail_needs_end)) {
		if (f->state == FILTER_DONE || f->state == FILTER_IN_MESSAGE)
			f->state = FILTER_OPEN;
		f->skip_body = f->over = false;
	}
	if (!chain_has(f) || f->mute || c->event.moment == MOMENT_OTHER)
		return false;
	if (f->state == FILTER_DONE && !anew)
		return c->event.moment == MOMENT_UNKNOWN && f->over &&
		       c->habits->unknown_after;
	if (c->event.moment == MOMENT_MESSAGE)
		f->state = FILTER_IN_MESSAGE;
	return true;
}

/* Sends packet after packet until one wants an answer or there is no room. */
static enum turn
send_on(struct chain *c, struct filter *f)
{
	bool sent;

	for (;;) {
		if (f->out.len > FILTER_OUT_HIGH) {
			chain_wait_for_room(c, f);
			return timed_out(c, f) ? fail(c, f) : TURN_WAIT;
		}
		if (!chain_step(c, f))
			return TURN_NEXT;
		if (!chain_send(c, f, &sent))
			return fail(c, f);
		/* An MTA sees that a filter is gone when it next speaks to it. */
		if (sent && f->eof) {
			note(c, f, "closed the connection");
			return fail(c, f);
		}
		if (sent && !filter_silent(f, c->step))
			break;
	}
	c->waiting = true;
	if (c->step == CMD_BODYEOB && !c->habits->eom_each)
		c->eom_deadline = chain_limit(c, f->config->eom_ms);
	c->deadline = chain_limit(c, f->config->send_ms);
	return TURN_WAIT;
}

/* True when an answer lets it go on; else *ret says what now. */
static bool
await(struct chain *c, struct filter *f, enum turn *ret)
{
	/* What it was told goes out first, even to one that has answered already. */
	bool heard = f->out.len == 0 || f->eof;

	*ret = TURN_WAIT;
	if (heard && take_answers(c, f, ret)) {
		c->waiting = false;
		c->deadline = 0;
		return true;
	}
	if (*ret == TURN_WAIT && timed_out(c, f))
		*ret = fail(c, f);
	return false;
}

static enum turn
go_on(struct chain *c, struct filter *f)
{
	enum turn turn;

	for (;;) {
		if (c->waiting && !await(c, f, &turn))
			return turn;
		turn = send_on(c, f);
		if (turn != TURN_WAIT || !c->waiting)
			return turn;
		/* An answer may be there already: one that nobody asked for. */
		if (f->in.len == 0 && !f->eof)
			return TURN_WAIT;
	}
}

static enum turn
connecting(struct chain *c, struct filter *f)
{
	if (f->state == FILTER_NEW) {
		f->state = FILTER_CONNECTING;
		c->deadline = chain_limit(c, f->config->connect_ms);
	} else if (c->step == CMD_OPTNEG) {
		enum turn turn;
		if (!take_answers(c, f, &turn) && turn != TURN_WAIT)
			return turn;
	}
	if (!timed_out(c, f))
		return TURN_WAIT;
	f->absent = c->step != CMD_OPTNEG;
	return fail(c, f);
}

/* Is it asked nothing by this event?  What is written to one that is gone shows when an
 * answer is read. */
static bool
asks_nothing(const struct chain *c, const struct filter *f)
{
	enum packet_kind kind = chain_single(c->event.moment);

	return c->event.moment == MOMENT_OTHER || filter_masked(f, kind) ||
	       filter_silent(f, kind);
}

/* Not every part of an MTA knows at once that a filter is gone: the one that has the
 * text is told of those that are still there. */
static bool
keeps_quiet(const struct chain *c, struct filter *f)
{
	bool text = c->event.moment == MOMENT_MESSAGE;
	bool unnoticed = f->unnoticed;

	if (!c->habits->text_apart)
		return false;
	if (!text && !asks_nothing(c, f))
		f->unnoticed = false;
	return text ? !unnoticed : f->unnoticed;
}

/* Who says the same to everything; true: *ret is what. */
static bool
speaks_unasked(struct chain *c, struct filter *f, enum turn *ret)
{
	/* Not before its answer is read to the end, in however many pieces it comes. */
	bool holds =
	    f->holds && c->event.moment != MOMENT_MESSAGE && c->step == N_PACKETS;

	*ret = TURN_STOP;
	/* Whom nobody asks, since it holds, is not found out when it fails in a text. */
	if (f->state == FILTER_FAILED && !holds)
		*ret = !f->holds && keeps_quiet(c, f) ? TURN_NEXT : policy(c, f);
	else if (f->state == FILTER_OBJECTS && keeps_quiet(c, f))
		*ret = TURN_NEXT;
	else if (f->state == FILTER_OBJECTS)
		c->outcome = (struct outcome){ .kind = f->verdict,
			.reply = text_slice(&f->words) };
	else if (f->state == FILTER_DONE && !f->over && c->habits->mail_needs_end &&
		 c->event.moment == MOMENT_MAIL)
		c->outcome = (struct outcome){ .kind = OUTCOME_DIE };
	else if (holds)
		c->outcome = (struct outcome){ .kind = OUTCOME_HOLD };
	else
		return false;
	return true;
}

enum turn
chain_turn(struct chain *c, struct filter *f)
{
	enum turn turn;

	if (speaks_unasked(c, f, &turn))
		return turn;
	/* Whom CONNECT did not come to is not connected later. */
	if (f->state == FILTER_NEW && c->event.moment != MOMENT_CONNECT)
		return TURN_NEXT;
	if (f->state == FILTER_NEW || f->state == FILTER_CONNECTING) {
		turn = connecting(c, f);
		bool agreed = turn == TURN_NEXT && chain_has(f);
		return agreed && c->habits->offer.one_by_one ? TURN_AGAIN : turn;
	}
	if (c->step == N_PACKETS) {
		if (!takes_part(c, f))
			return TURN_NEXT;
		chain_check_silence(c, f);
		if (c->event.moment == MOMENT_MESSAGE) {
			f->skip = CMD_OPTNEG;
			c->parted = false;
			if (c->habits->text_apart)
				filter_set_apart(f);
			message_filter_turn(c->event.message);
		}
	}
	return go_on(c, f);
}
