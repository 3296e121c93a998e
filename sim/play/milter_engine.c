/* SPDX-License-Identifier: BSD-2-Clause */
/* Connections, the clock, and how a play with a milter ends. */
#include "sim/play/milter_engine.h"

#include <stdlib.h>

#include "sim/play/milter_state.h"

enum {
	TOTAL_MS = 60 * 1000,
	BODIES_MAX = 4 * 1024 * 1024, /* of all connections together */
	BODY_MIN = 64 * 1024,
};

/* --- the clock --- */

void
mplay_poke(struct mplay *p)
{
	if (!p->over && !loop_set(p->loop, &p->wake, loop_now(p->loop)))
		mplay_end(p, MILTER_ERROR, NULL, NULL, "out of memory");
}

static size_t
group(const struct mplay *p, size_t at)
{
	enum step_kind kind = p->step[at].kind;
	enum step_kind more = kind == STEP_RESULT ? STEP_RESULT : STEP_REPLY_OR;
	size_t n = 1;

	if (kind != STEP_REPLY && kind != STEP_RESULT)
		return 1;
	while (at + n < p->steps && p->step[at + n].kind == more &&
	       p->step[at + n].conn == p->step[at].conn)
		n++;
	return n;
}

/* An answer is on its way that R lines must not come before. */
static bool
outstanding(const struct line_state *l)
{
	return !l->link.ended && (l->owed > l->answered || l->link.told > 0) &&
	       !l->link.judge.lost;
}

static enum stepped
do_step(struct mplay *p, struct strand *d, size_t n)
{
	const struct step *s = &p->step[d->at];
	bool result = s->kind == STEP_RESULT || s->kind == STEP_RESULT_SAME ||
		      s->kind == STEP_VERDICT;

	if (s->kind == STEP_REPLY)
		return mplay_reply(p, d, s, n);
	if (!result)
		return mplay_step(p, d, s);
	if (outstanding(mplay_line(p, d, s->conn)))
		return STEP_WAITS;
	if (s->kind == STEP_RESULT)
		(void)mplay_result(p, d, s, n);
	else if (s->kind == STEP_RESULT_SAME)
		(void)mplay_same(p, d, s);
	else
		(void)mplay_verdict(p, d, s);
	return STEP_DONE;
}

static void
begin_wait(struct mplay *p, struct strand *d, size_t n)
{
	unsigned ms = mplay_patience(p, &p->step[d->at], n);

	if (d->waiting)
		return;
	d->waiting = true;
	if (p->step[d->at].kind != STEP_MTA_WAIT &&
	    !loop_set(p->loop, &d->deadline, loop_now(p->loop) + ms))
		mplay_end(p, MILTER_ERROR, NULL, NULL, "out of memory");
}

/* One step; false: it waits, or all are done. */
static bool
advance_strand(struct mplay *p, struct strand *d)
{
	if (d->at >= p->steps) {
		d->done = true;
		return false;
	}
	size_t n = group(p, d->at);
	p->now = d;
	if (do_step(p, d, n) == STEP_WAITS) {
		begin_wait(p, d, n);
		return false;
	}
	if (p->over)
		return false;
	(void)loop_set(p->loop, &d->deadline, 0);
	d->waiting = false;
	d->at += n;
	return true;
}

/* A step of each in turn, so that sessions side by side are as mixed as can be. */
static bool
advance_all(struct mplay *p)
{
	bool moved = false;

	for (size_t i = 0; i < p->strands && !p->over; i++) {
		struct strand *d = &p->strand[(p->turn + i) % p->strands];
		moved |= !d->done && advance_strand(p, d);
	}
	p->random = p->random * 6364136223846793005u + 1442695040888963407u;
	p->turn = (size_t)(p->random >> 33) % p->strands;
	return moved;
}

static bool
all_done(const struct mplay *p)
{
	for (size_t i = 0; i < p->strands; i++) {
		if (!p->strand[i].done)
			return false;
	}
	return true;
}

static bool
all_reached(const struct mplay *p)
{
	for (size_t i = 0; i < p->strands; i++) {
		if (!p->strand[i].reached)
			return false;
	}
	return true;
}

/* --- the end of all connections --- */

/*
 * QUIT, our half of the connection shut, and then the milter closes: what it
 * says until then nobody asked for, and needs no waiting for time to be seen.
 */
static void
say_goodbye(struct mplay *p)
{
	struct text quit = TEXT_INIT(16);
	struct slice nothing = { NULL, 0 };

	p->finishing = true;
	if (frame_append(&quit, packet_rules[CMD_QUIT].letter, nothing) != TEXT_OK)
		mplay_end(p, MILTER_ERROR, NULL, NULL, "out of memory");
	for (size_t i = 0; i < p->lines; i++) {
		struct line_state *l = &p->line[i];
		if (!l->link.opened || l->link.ended || l->link.closed)
			continue;
		if (!l->quit && !l->link.unframed)
			(void)mta_link_queue(&l->link, text_slice(&quit));
		l->quit = true;
		mta_link_flush(&l->link, 0);
	}
	text_clear(&quit);
}

/* As soon as all is written. */
static void
shut_all(struct mplay *p)
{
	for (size_t i = 0; i < p->lines; i++) {
		struct line_state *l = &p->line[i];
		if (l->shut || !l->link.opened || l->link.ended ||
		    !mta_link_idle(&l->link))
			continue;
		l->shut = true;
		mta_link_end(&l->link, LINK_SHUTDOWN);
	}
}

static bool
all_ended(const struct mplay *p)
{
	for (size_t i = 0; i < p->lines; i++) {
		const struct mta_link *l = &p->line[i].link;
		if (l->opened && !l->ended && !l->closed)
			return false;
	}
	return true;
}

static void
settle(struct mplay *p)
{
	unsigned ms = mplay_patience(p, &p->step[p->steps - 1], 0);

	if (!p->finishing) {
		say_goodbye(p);
		if (!loop_set(p->loop, &p->strand[0].deadline, loop_now(p->loop) + ms))
			mplay_end(p, MILTER_ERROR, NULL, NULL, "out of memory");
	}
	shut_all(p);
	if (p->over || !all_ended(p))
		return;
	if (!mplay_alive(p, NULL))
		return;
	bool missed = p->t->pointed && !all_reached(p);
	mplay_end(p, missed ? MILTER_NOT_REACHED : MILTER_PASS, NULL, NULL,
	    missed ? "no line behind point: was played" : NULL);
}

static void
advance(void *self)
{
	struct mplay *p = self;

	while (!p->over && !all_done(p)) {
		if (!advance_all(p) && !all_done(p))
			return;
	}
	if (!p->over)
		settle(p);
}

static void
too_late(void *self)
{
	struct strand *d = self;
	struct mplay *p = d->play;

	if (p->over)
		return;
	p->now = d;
	if (!p->finishing && d->at < p->steps) {
		mplay_late(p, d, &p->step[d->at], group(p, d->at));
		return;
	}
	for (size_t i = 0; i < p->lines && !p->over; i++) {
		struct line_state *l = &p->line[i];
		struct breach b = { RULE_AFTER_QUIT, TO_MTA, CMD_QUIT, N_PACKETS };
		if (l->link.opened && !l->link.ended && !l->link.closed) {
			mta_link_end(&l->link, LINK_CLOSE);
			if (!l->link.judge.lost && mplay_alive(p, NULL))
				mplay_broke(p, l, &b);
		}
	}
	settle(p);
}

static void
out_of_time(void *self)
{
	struct mplay *p = self;

	if (mplay_alive(p, NULL))
		mplay_end(p, MILTER_FAIL, mplay_step_of(p, p->line), "an end in time",
		    "the whole play took longer than it may");
}

static void
gap_over(void *self)
{
	mplay_poke(((struct strand *)self)->play);
}

/* --- one variant --- */

bool
milter_play_variables(
    const struct milter_play_config *c, unsigned session, struct variables *v)
{
	const struct transcript *t = c->transcript;
	struct text n = TEXT_INIT(20);
	bool ok = true;

	variables_init(v);
	for (size_t i = 0; ok && i < t->params; i++)
		ok = variables_set_pattern(
		    v, text_slice(&t->param[i].name), text_slice(&t->param[i].value));
	for (size_t i = 0; ok && i < c->params; i++)
		ok = variables_set_pattern(
		    v, slice_of(c->param[i].name), slice_of(c->param[i].value));
	text_printf(&n, "%u", session);
	ok = ok && variables_set(v, SLICE("session"), text_slice(&n));
	text_clear(&n);
	return ok;
}

static bool
begin(struct mplay *p)
{
	p->lines = p->strands * p->t->connections;
	p->loop = loop_new();
	p->line = calloc(p->lines + 1, sizeof *p->line);
	p->strand = calloc(p->strands, sizeof *p->strand);
	if (p->loop == NULL || p->line == NULL || p->strand == NULL)
		return false;
	p->owner = mplay_owner;
	p->owner.self = p;
	p->puppet_observer =
	    (struct player_observer){ NULL, mplay_puppet_ended, p, { NULL, NULL } };
	size_t body = BODIES_MAX / (p->lines + 1);
	for (size_t i = 0; i < p->lines; i++) {
		struct line_state *l = &p->line[i];
		l->play = p;
		l->last = N_PACKETS;
		mta_link_init(&l->link, p->loop, i + 1, &p->owner, &p->config->sink);
		mta_message_init(&l->message, body > BODY_MIN ? body : BODY_MIN);
	}
	p->now = p->strand;
	p->wake = (struct timer){ .fire = advance, .self = p };
	p->total = (struct timer){ .fire = out_of_time, .self = p };
	for (size_t i = 0; i < p->strands; i++) {
		struct strand *d = &p->strand[i];
		d->play = p;
		d->number = (unsigned)i + 1;
		d->deadline = (struct timer){ .fire = too_late, .self = d };
		d->gap = (struct timer){ .fire = gap_over, .self = d };
		if (!milter_play_variables(p->config, d->number, &d->variables) ||
		    !variant_variables(p->variant, &d->variables))
			return false;
	}
	unsigned total = p->config->limits.total_ms;
	return loop_set(
	    p->loop, &p->total, loop_now(p->loop) + (total != 0 ? total : TOTAL_MS));
}

static void
end(struct mplay *p)
{
	for (size_t i = 0; p->line != NULL && i < p->lines; i++) {
		struct line_state *l = &p->line[i];
		if (l->play == NULL)
			continue;
		mta_link_clear(&l->link);
		player_free(l->puppet);
		mta_message_clear(&l->message);
	}
	for (size_t i = 0; p->strand != NULL && i < p->strands; i++)
		variables_clear(&p->strand[i].variables);
	loop_free(p->loop);
	free(p->line);
	free(p->strand);
}

enum milter_end
mplay_variant(const struct milter_play_config *config, const struct variant *v,
    struct milter_outcome *o, size_t *ret_cut_size)
{
	struct mplay p = {
		.config = config,
		.t = config->transcript,
		.variant = v,
		.step = v->step != NULL ? v->step : config->transcript->step,
		.steps = v->step != NULL ? v->steps : config->transcript->steps,
		.outcome = o,
		.strands = v->sessions,
		.random = v->seed,
	};

	if (!begin(&p)) {
		text_printf(&o->got, "out of memory, or too many variables");
		p.end = MILTER_ERROR;
	} else {
		mplay_poke(&p);
		loop_run(p.loop);
	}
	end(&p);
	if (ret_cut_size != NULL)
		*ret_cut_size = p.cut_size;
	return p.end;
}
