/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/play/milter_engine.h"

#include <stdlib.h>
#include <string.h>

#include "sim/play/strand.h"

enum {
	TOTAL_MS = 60 * 1000,
	BODIES_MAX = 4 * 1024 * 1024, /* of all connections together */
	BODY_MIN = 64 * 1024,
	STOP_LOOK_MS = 100,
};

struct mplay {
	const struct milter_play_config *config;
	struct milter_ending ending;
	struct loop *loop;
	struct strand_share share;
	struct strand *strand;
	size_t strands;
	struct milter_line_owner owner;
	struct milter_line *line; /* strands times connections */
	size_t lines;
	struct timer wake, total, farewell, stop;
	bool half_over; /* of the total time; and what had been answered by then */
	unsigned long answers_by_half;
	uint64_t random;
	size_t turn;    /* whose strand's */
	bool finishing; /* all steps are done; connections end */
};

/* The step that the line waits for, or the last one; NULL: there is none. */
static const struct step *
step_of(const struct mplay *p, const struct milter_line *l)
{
	size_t n = (size_t)(l - p->line) / p->config->transcript->connections;

	return strand_step(&p->strand[n < p->strands ? n : 0]);
}

/* --- the clock --- */

/* Looks at all strands again, soon; safe from any callback. */
static void
poke(void *self)
{
	struct mplay *p = self;

	if (!p->ending.over && !loop_set(p->loop, &p->wake, loop_now(p->loop)))
		ending_error(&p->ending, NULL, "out of memory");
}

/* A step of each in turn, so that sessions side by side are as mixed as can be. */
static bool
advance_all(struct mplay *p)
{
	bool moved = false;

	for (size_t i = 0; i < p->strands && !p->ending.over; i++) {
		struct strand *d = &p->strand[(p->turn + i) % p->strands];
		moved |= !d->done && strand_advance(d);
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
		if (!p->strand[i].point.reached)
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
		ending_error(&p->ending, NULL, "out of memory");
	for (size_t i = 0; i < p->lines; i++) {
		struct milter_line *l = &p->line[i];
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
		struct milter_line *l = &p->line[i];
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
	unsigned ms = strand_answer_ms(p->config);

	if (!p->finishing) {
		say_goodbye(p);
		if (!loop_set(p->loop, &p->farewell, loop_now(p->loop) + ms))
			ending_error(&p->ending, NULL, "out of memory");
	}
	shut_all(p);
	if (p->ending.over || !all_ended(p))
		return;
	if (!ending_alive(&p->ending, NULL))
		return;
	bool missed = p->config->transcript->pointed && !all_reached(p);
	ending_set(&p->ending, missed ? MILTER_NOT_REACHED : MILTER_PASS, NULL, NULL,
	    missed ? "no line behind point: was played" : NULL);
}

static void
advance(void *self)
{
	struct mplay *p = self;

	while (!p->ending.over && !all_done(p)) {
		if (!advance_all(p) && !all_done(p))
			return;
	}
	if (!p->ending.over)
		settle(p);
}

/* The milter was told that nothing more comes, and stays. */
static void
outstayed(void *self)
{
	struct mplay *p = self;

	for (size_t i = 0; i < p->lines && !p->ending.over; i++) {
		struct milter_line *l = &p->line[i];
		struct breach b = { RULE_AFTER_QUIT, TO_MTA, CMD_QUIT, N_PACKETS };
		if (l->link.opened && !l->link.ended && !l->link.closed) {
			mta_link_end(&l->link, LINK_CLOSE);
			if (!l->link.judge.lost && ending_alive(&p->ending, NULL))
				ending_broke(&p->ending, step_of(p, l), &b);
		}
	}
	if (!p->ending.over)
		settle(p);
}

static unsigned
total_ms(const struct mplay *p)
{
	unsigned given = p->config->limits.total_ms;

	return given != 0 ? given : TOTAL_MS;
}

/*
 * Asked at half of the time too: a milter that has answered since then is slow, each of
 * its answers in time, and breaks no rule.
 */
static void
out_of_time(void *self)
{
	struct mplay *p = self;
	unsigned long answers = p->ending.outcome->answers;

	if (!p->half_over) {
		p->half_over = true;
		p->answers_by_half = answers;
		if (!loop_set(p->loop, &p->total, loop_now(p->loop) + total_ms(p) / 2))
			ending_error(&p->ending, NULL, "out of memory");
	} else if (answers > p->answers_by_half && ending_alive(&p->ending, NULL)) {
		ending_set(&p->ending, MILTER_NOT_REACHED, step_of(p, p->line),
		    "an end in time", "the milter is too slow for the whole play");
	} else if (ending_alive(&p->ending, NULL))
		ending_set(&p->ending, MILTER_FAIL, step_of(p, p->line), "an end in time",
		    "the whole play took longer than it may");
}

/* Does nobody want the end of this any more?  Asks again by and by. */
static void
look_for_stop(void *self)
{
	struct mplay *p = self;

	if (p->ending.over || p->config->stop == NULL)
		return;
	if (p->config->stop(p->config->self))
		ending_set(&p->ending, MILTER_NOT_RUN, NULL, NULL, "broken off");
	else if (!loop_set(p->loop, &p->stop, loop_now(p->loop) + STOP_LOOK_MS))
		ending_error(&p->ending, NULL, "out of memory");
}

/* --- what a connection tells --- */

static void
line_changed(void *self, struct milter_line *l)
{
	struct mplay *p = self;

	if (l->link.error != 0 && l->link.judge.dialogue.stage == STAGE_START &&
	    l->link.ended && !p->ending.over)
		ending_set(&p->ending, MILTER_UNREACHABLE, step_of(p, l), NULL,
		    strerror(l->link.error));
	poke(p);
}

/* One answer too many behind QUIT: is it the one to QUIT itself? */
static bool
is_answer_to_quit(struct mplay *p, struct milter_line *l, const struct breach *b)
{
	if (p->ending.over || b->by != TO_MTA || !l->quit || b->reply >= N_PACKETS ||
	    !packet_rules[b->reply].final ||
	    (b->rule != RULE_REPLY_UNASKED && b->rule != RULE_REPLY_NOT_AGREED))
		return false;
	p->ending.outcome->behind_quit = true;
	bool pardoned = p->config->answers_quit && !l->quit_answered;
	l->quit_answered |= pardoned;
	return pardoned;
}

static void
line_broke(void *self, struct milter_line *l, const struct breach *b)
{
	struct mplay *p = self;

	if (is_answer_to_quit(p, l, b))
		return;
	ending_broke(&p->ending, step_of(p, l), b);
}

/* --- one variant --- */

static bool
begin(struct mplay *p)
{
	unsigned connections = p->config->transcript->connections;

	p->lines = p->strands * connections;
	p->loop = p->share.loop = p->ending.loop = loop_new();
	p->line = calloc(p->lines + 1, sizeof *p->line);
	p->strand = calloc(p->strands, sizeof *p->strand);
	if (p->loop == NULL || p->line == NULL || p->strand == NULL)
		return false;
	if (p->config->address == NULL) /* its milter is ours */
		loop_pace(p->loop, LOOP_AT_ONCE);
	p->owner = (struct milter_line_owner){ line_changed, line_broke, p };
	size_t body = BODIES_MAX / (p->lines + 1);
	for (size_t i = 0; i < p->lines; i++)
		milter_line_init(&p->line[i], p->loop, i + 1,
		    body > BODY_MIN ? body : BODY_MIN, &p->owner, &p->config->sink);
	p->wake = (struct timer){ .fire = advance, .self = p };
	p->total = (struct timer){ .fire = out_of_time, .self = p };
	p->farewell = (struct timer){ .fire = outstayed, .self = p };
	p->stop = (struct timer){ .fire = look_for_stop, .self = p };
	p->ending.point = &p->strand[0].point;
	for (size_t i = 0; i < p->strands; i++) {
		if (!strand_init(&p->strand[i], &p->share, (unsigned)i + 1,
			&p->line[i * connections]))
			return false;
	}
	return loop_set(p->loop, &p->total, loop_now(p->loop) + total_ms(p) / 2);
}

static void
end(struct mplay *p)
{
	for (size_t i = 0; p->line != NULL && i < p->lines; i++)
		milter_line_clear(&p->line[i]);
	for (size_t i = 0; p->strand != NULL && i < p->strands; i++)
		strand_clear(&p->strand[i]);
	loop_free(p->loop);
	free(p->line);
	free(p->strand);
}

enum milter_end
mplay_variant(const struct milter_play_config *config, const struct variant *v,
    struct milter_outcome *o, size_t *ret_cut_size)
{
	const struct transcript *t = config->transcript;
	struct mplay p = {
		.config = config,
		.ending = { .config = config, .outcome = o },
		.share = { .ending = &p.ending,
		    .variant = v,
		    .place = { config->address, { t->rule, t->rules } },
		    .step = v->step != NULL ? v->step : t->step,
		    .steps = v->step != NULL ? v->steps : t->steps,
		    .wake = poke,
		    .self = &p },
		.strands = v->sessions,
		.random = v->seed,
	};

	if (!begin(&p)) {
		text_printf(&o->got, "out of memory, or too many variables");
		p.ending.end = MILTER_ERROR;
	} else {
		poke(&p);
		look_for_stop(&p);
		loop_run(p.loop);
	}
	for (size_t i = 0; ret_cut_size != NULL && p.strand != NULL && i < p.strands; i++)
		*ret_cut_size = p.strand[i].cut_size;
	end(&p);
	return p.ending.end;
}
