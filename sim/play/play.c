/* SPDX-License-Identifier: BSD-2-Clause */
/* The clock of a play, what is heard of others, its beginning and end. */
#include "sim/play/play.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/play/journal.h"
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

static void
server_said(void *self, unsigned n, struct slice bytes)
{
	struct play *p = self;

	journal_smtp(&p->result->log, n, false, bytes);
}

static void
talk_note(void *self, const char *what)
{
	struct play *p = self;

	journal_note(&p->result->log, what);
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
	if (fd != -1 && talk_open(k, fd, connecting))
		return true;
	play_fail(p, PLAY_UNREACHABLE, NULL, strerror(errno));
	return false;
}

/* --- server and milters --- */

static const struct step *
packet(void *self, const struct event *e)
{
	struct play *p = self;
	const struct step *s = NULL;
	struct text got = TEXT_INIT(3000);
	enum match how;

	journal_event(&p->result->log, e);
	how = matcher_packet(&p->matcher, p->at, e, &s, &got);
	switch (how) {
	case MATCH_MET: play_poke(p); break;
	case MATCH_NONE: break;
	case MATCH_WRONG: play_differs(p, s, text_slice(&got)); break;
	case MATCH_STRANGE:
		play_fail(p, PLAY_DIFFERENT,
		    "no packet that the transcript does not name", text_cstr(&got));
		break;
	}
	text_clear(&got);
	return how == MATCH_MET ? s : NULL;
}

/* A rule was broken: a difference, unless the transcript allows it. */
static void
broke(struct play *p, const struct breach *b)
{
	struct text got = TEXT_INIT(1000);

	if (wire_rule_set_has(p->t->allow, b->rule))
		return;
	text_printf(&got, "%s: ", wire_rules[b->rule].name);
	text_printf(&got, b->by == TO_MTA ? "M< " : "M> ");
	if (b->reply < N_PACKETS)
		text_printf(&got, "%s", packet_rules[b->reply].name);
	else if (b->by == TO_MTA)
		text_printf(&got, "bytes that are no packet");
	if (b->command < N_PACKETS)
		text_printf(&got, b->by == TO_MTA ? ", the last command was %s" : "%s",
		    packet_rules[b->command].name);
	play_fail(p, PLAY_DIFFERENT, wire_rules[b->rule].says, text_cstr(&got));
	text_clear(&got);
}

static void
told(void *self, const struct event *e)
{
	struct play *p = self;

	journal_event(&p->result->log, e);
	if (e->what == EVENT_BREACH)
		broke(p, e->breach);
}

static void
puppet_left(void *self, unsigned conn, size_t filter, bool by_mta)
{
	struct play *p = self;

	matcher_channel(&p->matcher, conn, filter)->ended = by_mta;
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

static unsigned
patience(const struct play *p, const struct step *s)
{
	if (s->kind == STEP_SILENCE)
		return s->wait_ms;
	return p->config->timeout_ms != 0 ? p->config->timeout_ms : p->t->timeout_ms;
}

/* All steps are done: nobody may have said more than the transcript. */
static void
finish(struct play *p)
{
	for (unsigned i = 0; i < p->t->connections; i++) {
		struct talk *k = &p->talk[i];
		talk_flush(k);
		if (k->in.len == 0)
			continue;
		struct text got = TEXT_INIT(1000);
		text_printf(&got, "S: ");
		text_append_escaped(&got, text_slice(&k->in), 400);
		play_fail(p, PLAY_DIFFERENT, "nothing more", text_cstr(&got));
		text_clear(&got);
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
			if (p->deadline.at == 0 &&
			    !loop_set(p->loop, &p->deadline,
				loop_now(p->loop) + patience(p, s)))
				play_fail(p, PLAY_UNREACHABLE, NULL, "out of memory");
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

	if (!p->over && p->at < p->t->steps)
		play_timeout(p, &p->t->step[p->at]);
}

/* --- beginning and end --- */

static bool
begin(struct play *p)
{
	const struct transcript *t = p->t;

	p->loop = loop_new();
	p->talk = calloc(t->connections + 1, sizeof *p->talk);
	p->wake = (struct timer){ .fire = advance, .self = p };
	p->deadline = (struct timer){ .fire = too_late, .self = p };
	if (!matcher_init(&p->matcher, t, &p->variables) || p->loop == NULL ||
	    p->talk == NULL)
		return false;
	for (unsigned i = 0; i < t->connections; i++)
		talk_init(&p->talk[i], i + 1, p->loop, &talk_owner, p);
	return true;
}

static void
play(struct play *p)
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

static void
end(struct play *p)
{
	for (unsigned i = 0; p->talk != NULL && i < p->t->connections; i++)
		talk_clear(&p->talk[i]);
	matcher_clear(&p->matcher);
	loop_free(p->loop);
	free(p->talk);
	variables_clear(&p->variables);
}

enum play_end
play_run(const struct play_config *config, struct play_result *r)
{
	struct play p = {
		.config = config,
		.t = config->transcript,
		.result = r,
		.end = PLAY_SAME,
	};

	variables_init(&p.variables);
	if (begin(&p)) {
		play(&p);
	} else {
		text_printf(&r->got, "out of memory");
		p.end = PLAY_UNREACHABLE;
	}
	end(&p);
	return p.end;
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
