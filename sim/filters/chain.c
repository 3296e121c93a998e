/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/filters/chain.h"

#include "sim/filters/chain_clock.h"
#include "sim/filters/chain_send.h"
#include "sim/filters/chain_turn.h"

void
chain_init(struct chain *c, const struct filter_config *filters, size_t count,
    const struct habits *habits, struct chain_port port)
{
	*c = (struct chain){
		.count = count,
		.habits = habits,
		.port = port,
		.reply = TEXT_INIT(FRAME_PAYLOAD_64K),
	};
	for (size_t i = 0; i < count; i++)
		filter_init(&c->filter[i], &filters[i]);
}

void
chain_clear(struct chain *c)
{
	for (size_t i = 0; i < c->count; i++)
		filter_clear(&c->filter[i]);
	text_clear(&c->reply);
}

/* --- the event --- */

static void
turn_to(struct chain *c, size_t i)
{
	c->at = i;
	c->step = N_PACKETS;
	c->place = 0;
	c->waiting = false;
	c->deadline = c->eom_deadline = 0;
}

/* One that did not come to terms speaks before any is told of the client. */
static bool
any_absent(struct chain *c)
{
	for (size_t i = 0; i < c->count; i++) {
		struct filter *f = &c->filter[i];
		if (f->state == FILTER_FAILED && chain_turn(c, f) == TURN_STOP)
			return true;
	}
	return false;
}

static void
settle(struct chain *c)
{
	bool go = c->outcome.kind == OUTCOME_GO;

	c->busy = false;
	/* Another process of the MTA speaks to filters of the text. */
	for (size_t i = 0; c->event.moment == MOMENT_DATA && go && i < c->count; i++)
		chain_flush(c, &c->filter[i]);
	if (c->event.moment == MOMENT_CONNECT && !go)
		chain_end(c, ENDING_GREETING);
	if (c->event.moment == MOMENT_MAIL &&
	    (c->habits->mail_ended_by & OUTCOME_BIT(c->outcome.kind)) != 0)
		chain_end(c, ENDING_MAIL);
	if (c->event.moment != MOMENT_MESSAGE)
		return;
	for (size_t i = 0; i < c->count; i++) {
		if (c->filter[i].apart)
			chain_check_silence(c, &c->filter[i]);
		filter_rejoin(&c->filter[i]);
	}
	/* Those whose turn came know the end; the others do not. */
	for (size_t i = 0; i < c->count && i <= c->at; i++) {
		if (c->filter[i].state == FILTER_IN_MESSAGE)
			c->filter[i].state = FILTER_DONE;
	}
	chain_end(c, ENDING_MESSAGE);
}

/* Where all stand before an event: a second HELO is told of behind itself. */
static void
note_standings(struct chain *c)
{
	enum standing of_all = c->mailed ? STANDING_IN_MESSAGE : STANDING_IDLE;

	for (size_t i = 0; i < c->count; i++)
		c->filter[i].standing =
		    c->habits->one_standing ? of_all : filter_standing(&c->filter[i]);
}

void
chain_begin(struct chain *c, const struct chain_event *e, uint64_t now)
{
	c->event = *e;
	c->busy = true;
	c->now = now;
	c->outcome = (struct outcome){ .kind = OUTCOME_GO };
	note_standings(c);
	c->mailed = c->mailed || e->moment == MOMENT_MAIL;
	c->held = c->spoilt = false;
	c->meeting = e->moment == MOMENT_CONNECT && !c->habits->offer.one_by_one;
	turn_to(c, 0);
}

bool
chain_work(struct chain *c, uint64_t now)
{
	c->now = now;
	while (c->busy) {
		if (c->meeting && c->at == c->count) {
			c->meeting = false;
			turn_to(c, 0);
		}
		if (c->at == c->count) {
			settle(c);
			break;
		}
		if (!c->meeting && c->event.moment == MOMENT_CONNECT && c->at == 0 &&
		    c->step == N_PACKETS && any_absent(c)) {
			settle(c);
			break;
		}
		bool negotiating = c->meeting;
		struct filter *f = &c->filter[c->at];
		enum turn turn = TURN_NEXT;
		if (!negotiating || !chain_has(f))
			turn = chain_turn(c, f);
		if (turn == TURN_WAIT)
			return false;
		if (turn == TURN_STOP &&
		    (!negotiating || (f->absent && c->habits->absent_stops))) {
			settle(c);
			break;
		}
		/* One by one, who has just come to terms is told of the client now. */
		turn_to(c, c->at + (turn != TURN_AGAIN));
	}
	return true;
}

uint64_t
chain_deadline(const struct chain *c)
{
	return c->busy ? c->deadline : 0;
}

void
chain_connected(struct chain *c, size_t i, bool ok, const char *why, uint64_t now)
{
	struct filter *f = &c->filter[i];

	c->now = now;
	if (f->state != FILTER_CONNECTING)
		return;
	if (ok) {
		chain_offer(c, f);
		return;
	}
	c->port.note(c->port.self, i, why);
	f->absent = true;
	filter_abandon(f);
}

void
chain_sent(struct chain *c, size_t i, uint64_t now)
{
	struct filter *f = &c->filter[i];

	c->now = now;
	if (!c->busy || i != c->at)
		return;
	if (f->out.len != 0 || !c->waiting)
		c->deadline = chain_limit(c, f->config->send_ms); /* it does read */
	else
		chain_wait(c, f);
}

/* Afterwards a filter has no message, or no session. */
static void
leave(struct filter *f, bool closes, bool told, bool anew)
{
	if (closes) {
		f->state = FILTER_OUT;
		f->close = true;
		return;
	}
	if (told && (f->state == FILTER_IN_MESSAGE || f->state == FILTER_DONE)) {
		f->state = anew ? FILTER_OPEN : FILTER_DONE;
		f->over = !anew;
	}
}

void
chain_end(struct chain *c, enum ending ending)
{
	const struct farewell *e = &c->habits->endings[ending];

	/* One that comes behind its HELO stands as it stood before, if that was asked. */
	if (!e->after || c->event.moment != MOMENT_HELO)
		note_standings(c);
	for (size_t i = 0; i < c->count; i++) {
		struct filter *f = &c->filter[i];
		bool told = chain_has(f) && chain_send_ending(c, f, ending);
		if (chain_has(f) && e->closes)
			chain_flush(c, f);
		/* Dismissed, but of one that failed its F= is still heard. */
		if (f->state == FILTER_FAILED && c->outcome.kind == OUTCOME_GO)
			continue;
		leave(f, e->closes, told || !c->habits->mail_needs_end,
		    c->habits->one_standing);
	}
	c->mailed = false;
	if (e->closes)
		c->busy = false;
}

void
chain_die(struct chain *c)
{
	for (size_t i = 0; i < c->count; i++)
		filter_abandon(&c->filter[i]);
	c->busy = false;
}
