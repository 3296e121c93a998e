/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/play/survey.h"

#include <limits.h>

#include "sim/play/survey_state.h"

/* --- how it ends --- */

void
survey_end_early(struct play *p, enum survey_end end, const char *why)
{
	struct survey *v = survey_of(p);

	if (p->over)
		return;
	v->end = end;
	play_fail(p, PLAY_DIFFERENT, NULL, why);
}

/* --- what comes --- */

static void
count(struct survey *v, const struct event *e)
{
	struct slice rest = e->bytes, line;

	v->result->packets += e->what == EVENT_PACKET && e->to == TO_MILTER;
	if (e->what == EVENT_SERVER || e->what == EVENT_CLIENT)
		v->talk[e->conn - 1].spoke = e->what == EVENT_SERVER;
	while (e->what == EVENT_SERVER && slice_next_line(&rest, &line)) {
		if (survey_ends_reply(line)) {
			v->result->replies++;
			cues_replied(&v->cues, (unsigned)e->conn);
		}
	}
}

/* In the words of recordings. */
static struct event
as_recorded(const struct event *e)
{
	static const struct {
		const char *note, *recorded;
	} words[] = {
		{ "server closes", "eof-from-mta" },
		{ "server resets", "reset-by-mta" },
		{ "client closes", "client-closed" },
		{ "client shuts its side down", "client-shutdown" },
	};
	struct event as = *e;

	if (e->what != EVENT_NOTE || e->filter != EVENT_NO_FILTER)
		return as;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (slice_equal(e->bytes, slice_of(words[i].note)))
			as.bytes = slice_of(words[i].recorded);
	}
	return as;
}

static void
see(struct play *p, const struct event *e)
{
	struct survey *v = survey_of(p);
	struct event as = as_recorded(e);

	if (p->over || e->what == EVENT_BREACH) /* it judges nobody */
		return;
	count(v, e);
	v->bytes += e->bytes.len;
	if (v->bytes > SURVEY_BYTES_MAX)
		survey_end_early(p, SURVEY_CUT, "more was said than is written down");
	else if (!v->config->see(v->config->self, &as))
		survey_end_early(p, SURVEY_STOPPED, "");
}

static const struct step *
packet(struct play *p, const struct event *e, unsigned client)
{
	const struct step *s = cues_take(
	    &survey_of(p)->cues, client, e->filter, packet_kind(TO_MILTER, e->letter));

	play_poke(p);
	return s;
}

static void
left(struct play *p, unsigned client, size_t filter, bool by_mta)
{
	(void)p;
	(void)client;
	(void)filter;
	(void)by_mta;
}

static void
interrupted(void *self)
{
	survey_end_early(self, SURVEY_STOPPED, "");
}

/* --- time, and the end --- */

/* What need not come: a packet, a reply that is not owed, the end behind a reply. */
static bool
may_fail_to_come(const struct survey *v, const struct step *s)
{
	const struct survey_talk *k = &v->talk[s->conn - 1];

	return s->milter != 0 || (s->kind == STEP_EOF ? k->spoke : k->owed == 0);
}

static unsigned
patience(const struct play *p, const struct step *s)
{
	unsigned ms = survey_of(p)->config->reply_ms;

	if (s == NULL)
		return ms;
	if (s->kind == STEP_SILENCE)
		return s->wait_ms;
	return ms > SURVEY_PACKET_MS && may_fail_to_come(survey_of(p), s)
		   ? SURVEY_PACKET_MS
		   : ms;
}

static void
late(struct play *p, const struct step *s)
{
	if (s == NULL)
		survey_end_early(
		    p, SURVEY_CUT, "the MTA keeps its connection to a milter open");
	else if (s->kind == STEP_SILENCE || may_fail_to_come(survey_of(p), s))
		play_skip(p);
	else
		survey_end_early(p, SURVEY_CUT, "no reply in time");
}

static bool
finish(struct play *p)
{
	struct survey *v = survey_of(p);

	for (unsigned i = 0; i < p->t->connections && !v->leaving; i++) {
		struct talk *k = &p->talk[i];
		if (k->opened && k->watch.fd == -1 && k->ended)
			play_said(p, k->n, EVENT_NOTE, SLICE("client closes"));
		talk_hang_up(k, TALK_CLOSE);
	}
	v->leaving = true;
	return p->cast.puppets == NULL;
}

static const struct play_manner manner = { survey_does, see, packet, left, patience, late,
	finish, .shown = UINT_MAX };

static enum survey_end
end_of(const struct survey *v, struct play_result *r)
{
	const struct play *p = &v->play;

	if (p->end == PLAY_SAME)
		return v->end;
	v->result->file = r->file;
	v->result->line = r->line;
	text_clear(&v->result->why);
	text_printf(&v->result->why, "%s", text_cstr(&r->got));
	switch (p->end) {
	case PLAY_UNREACHABLE: return SURVEY_UNREACHABLE;
	case PLAY_IMPOSSIBLE: return SURVEY_IMPOSSIBLE;
	default: return v->end != SURVEY_WHOLE ? v->end : SURVEY_CUT;
	}
}

enum survey_end
survey(const struct survey_config *config, struct survey_result *r)
{
	struct play_config play_config = { .transcript = config->transcript,
		.server = config->server,
		.may_be_absent = true };
	struct play_result played = PLAY_RESULT_INIT;
	struct survey v = { .play = { .manner = &manner,
				.self = &v,
				.config = &play_config,
				.t = config->transcript,
				.result = &played },
		.config = config,
		.result = r,
		.interrupt = { .came = interrupted, .self = &v.play } };
	struct play *p = &v.play;

	for (size_t i = 0; i < TRANSCRIPT_CONNECTIONS; i++)
		v.talk[i].owed = 1; /* the greeting */
	memcpy(play_config.played, config->milter, sizeof play_config.played);
	bool ready = play_begin(p) && interrupt_watch(p->loop, &v.interrupt);
	ready = cues_init(&v.cues, p->t) && ready;
	if (!ready && !p->over)
		play_fail(p, PLAY_UNREACHABLE, NULL, "out of memory");
	if (!p->over)
		play_go(p);
	enum survey_end end = end_of(&v, &played);
	cues_clear(&v.cues);
	play_clear(p);
	play_result_clear(&played);
	return end;
}

void
survey_result_clear(struct survey_result *r)
{
	text_clear(&r->why);
}
