/* SPDX-License-Identifier: BSD-2-Clause */
/* The clock of a play, what is heard of others, its beginning and end. */
#include "sim/play/play.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/play/play_state.h"

enum { SPLIT_MS = 1 }; /* between two C= lines, so that they arrive as two */

/* --- how it ends --- */

void
play_fail(struct play *p, enum play_end end, const char *expected, const char *got)
{
	struct play_result *r = p->result;

	if (p->over)
		return;
	p->over = true;
	p->end = end;
	if (expected != NULL)
		text_printf(&r->expected, "%s", expected);
	text_printf(&r->got, "%s", got);
	if (p->at < p->t->steps) {
		r->file = p->t->step[p->at].file;
		r->line = p->t->step[p->at].line;
	}
	loop_stop(p->loop);
}

void
play_differs(struct play *p, const struct step *s, struct slice got)
{
	struct text expected = TEXT_INIT(2000), shown = TEXT_INIT(2000);

	step_describe(s, &expected);
	text_printf(&shown, "%.*s", (int)got.len, got.ptr);
	play_fail(p, PLAY_DIFFERENT, text_cstr(&expected), text_cstr(&shown));
	text_clear(&expected);
	text_clear(&shown);
}

/* --- the SMTP connections --- */

void
play_said(struct play *p, unsigned conn, enum event_what what, struct slice bytes)
{
	p->manner->see(p, &(struct event){ .ms = loop_now(p->loop),
			      .what = what,
			      .conn = conn,
			      .filter = EVENT_NO_FILTER,
			      .bytes = bytes });
}

static void
server_said(void *self, unsigned n, struct slice bytes)
{
	play_said(self, n, EVENT_SERVER, bytes);
}

static void
talk_note(void *self, unsigned n, const char *what)
{
	play_said(self, n, EVENT_NOTE, slice_of(what));
}

static void
talk_changed(void *self)
{
	play_poke(self);
}

static void
unreachable(void *self, const char *why)
{
	play_fail(self, PLAY_UNREACHABLE, NULL, why);
}

static void
too_much(void *self)
{
	play_fail(self, PLAY_DIFFERENT, NULL, "the server says too much");
}

static const struct talk_owner talk_owner = { server_said, talk_note, talk_changed,
	unreachable, too_much };

bool
play_open(struct play *p, struct talk *k)
{
	bool connecting;

	if (k->opened)
		return true;
	k->opened = true;
	int fd = cast_dial(&p->cast, k->n, &connecting);
	if (fd != -1 && talk_open(k, fd, connecting)) {
		play_said(p, k->n, EVENT_OPEN, SLICE(""));
		return true;
	}
	play_fail(p, PLAY_UNREACHABLE, NULL, strerror(errno));
	return false;
}

/* --- server and milters --- */

static const struct step *
packet(void *self, const struct event *e, unsigned client)
{
	struct play *p = self;

	p->manner->see(p, e);
	return p->manner->packet(p, e, client);
}

static void
told(void *self, const struct event *e)
{
	struct play *p = self;

	p->manner->see(p, e);
}

static void
puppet_left(void *self, unsigned client, size_t filter, bool by_mta)
{
	struct play *p = self;

	p->manner->left(p, client, filter, by_mta);
	play_poke(p);
}

static const struct cast_owner cast_owner = { packet, told, puppet_left };

/* --- the clock --- */

void
play_poke(struct play *p)
{
	if (!loop_set(p->loop, &p->wake, loop_now(p->loop)))
		play_fail(p, PLAY_UNREACHABLE, NULL, "out of memory");
}

void
play_skip(struct play *p)
{
	p->at++;
	p->done = 0;
	play_poke(p);
}

static void
wait_for(struct play *p, const struct step *s)
{
	if (p->deadline.at == 0 && !loop_set(p->loop, &p->deadline,
				       loop_now(p->loop) + p->manner->patience(p, s)))
		play_fail(p, PLAY_UNREACHABLE, NULL, "out of memory");
}

static void
finish(struct play *p)
{
	for (unsigned i = 0; i < p->t->connections; i++)
		talk_flush(&p->talk[i]);
	if (!p->manner->finish(p)) {
		wait_for(p, NULL);
		return;
	}
	p->over = true;
	loop_stop(p->loop);
}

/* Does steps until one has to wait. */
static void
advance(void *self)
{
	struct play *p = self;

	while (!p->over && p->at < p->t->steps) {
		const struct step *s = &p->t->step[p->at];
		unsigned done = p->done;
		bool went_on = play_step(p, s);
		if (p->over)
			return;
		if (went_on || p->done != done)
			(void)loop_set(p->loop, &p->deadline, 0);
		if (!went_on) {
			wait_for(p, s);
			return;
		}
		p->at++;
		p->done = 0;
		if (s->kind == STEP_BYTES) {
			(void)loop_set(p->loop, &p->wake, loop_now(p->loop) + SPLIT_MS);
			return;
		}
	}
	if (!p->over)
		finish(p);
}

static void
too_late(void *self)
{
	struct play *p = self;

	if (!p->over)
		p->manner->late(p, p->at < p->t->steps ? &p->t->step[p->at] : NULL);
}

/* --- beginning and end --- */

/* Has somebody outside a part in it? */
static bool
is_inside(const struct play_config *config)
{
	bool inside = config->serve != NULL &&
		      config->serve->filters <= (size_t)config->transcript->milters;

	for (size_t i = 0; i < TRANSCRIPT_MILTERS; i++)
		inside = inside && !config->real[i];
	return inside;
}

static unsigned
pace(const struct play_config *config)
{
	if (is_inside(config))
		return LOOP_AT_ONCE;
	return config->time_scale != 0 ? config->time_scale : 1;
}

bool
play_begin(struct play *p)
{
	const struct transcript *t = p->t;

	variables_init(&p->variables);
	p->end = PLAY_SAME;
	p->loop = loop_new();
	p->talk = calloc(t->connections + 1, sizeof *p->talk);
	p->wake = (struct timer){ .fire = advance, .self = p };
	p->deadline = (struct timer){ .fire = too_late, .self = p };
	if (p->loop == NULL || p->talk == NULL) {
		text_printf(&p->result->got, "out of memory");
		p->end = PLAY_UNREACHABLE;
		p->over = true;
		return false;
	}
	loop_pace(p->loop, pace(p->config));
	for (unsigned i = 0; i < t->connections; i++)
		talk_init(&p->talk[i], i + 1, p->loop, &talk_owner, p);
	return true;
}

void
play_go(struct play *p)
{
	struct text why = TEXT_INIT(400);
	enum play_end ready =
	    cast_begin(&p->cast, p->config, p->loop, &cast_owner, p, &why);

	if (ready != PLAY_SAME)
		play_fail(p, ready, NULL, text_cstr(&why));
	else
		play_poke(p);
	if (!p->over)
		loop_run(p->loop);
	cast_clear(&p->cast);
	text_clear(&why);
}

void
play_clear(struct play *p)
{
	for (unsigned i = 0; p->talk != NULL && i < p->t->connections; i++)
		talk_clear(&p->talk[i]);
	loop_free(p->loop);
	free(p->talk);
	variables_clear(&p->variables);
}

void
play_result_clear(struct play_result *r)
{
	text_clear(&r->expected);
	text_clear(&r->got);
	text_clear(&r->log);
	r->file = NULL;
	r->line = 0;
}
