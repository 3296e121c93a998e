/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/check/neutral.h"

#include <stdlib.h>

#include "base/clock.h"
#include "sim/check/nap.h"
#include "sim/check/peer.h"

enum {
	SESSIONS = 4,
	MESSAGES = 12, /* of each, or as many as the case has in one */
	MESSAGES_MAX = 60,
	ALL_MS = 8000,   /* who is slow is not asked as often as all that */
	APART = 3,       /* times that a clock is looked at */
	CLOCK_MS = 1100, /* so that one that shows seconds has gone on */
	GOOD = 3,        /* messages that come before the first that is put off */
};

/* --- what the answers say --- */

static bool
among(const struct watch_gathered *g, uint64_t hash)
{
	for (size_t i = 0; i < g->n; i++) {
		if (g->answer[i].hash == hash)
			return true;
	}
	return false;
}

/* The answers of one session, from `at` on. */
static size_t
session_end(const struct watch_gathered *g, size_t at)
{
	size_t end = at;

	while (end < g->n && g->answer[end].session == g->answer[at].session)
		end++;
	return end;
}

/* It changes more than once: by lot, or by a count. */
static bool
goes_to_and_fro(const struct watch_answer *a, size_t n)
{
	unsigned changes = 0;

	for (size_t i = 1; i < n; i++)
		changes += a[i].hash != a[i - 1].hash;
	return changes > 1;
}

/* The first one is another than all that follow, and they are not put off. */
static bool
first_is_other(const struct watch_answer *a, size_t n)
{
	if (n < GOOD || a[0].hash == a[1].hash || a[1].later)
		return false;
	for (size_t i = 2; i < n; i++) {
		if (a[i].hash != a[1].hash)
			return false;
	}
	return true;
}

/* So many are taken, and the rest are put off. */
static bool
has_a_limit(const struct watch_answer *a, size_t n)
{
	size_t good = 0;

	while (good < n && a[good].hash == a[0].hash)
		good++;
	if (good < GOOD || good == n)
		return false;
	for (size_t i = good; i < n; i++) {
		if (!a[i].later)
			return false;
	}
	return true;
}

static const struct {
	bool (*is)(const struct watch_answer *a, size_t n);
	const char *words;
	bool of_all; /* over all sessions in a row, too, not only within one */
} ways[] = {
	{ goes_to_and_fro,
	    "the milter answers this message now so, now otherwise, whatever comes "
	    "before it",
	    .of_all = false },
	{ first_is_other,
	    "the milter answers the first message of a session in another way",
	    .of_all = false },
	{ has_a_limit, "the milter takes a number of messages, and puts off the rest",
	    .of_all = true },
};

const char *
neutral_way(const struct watch_gathered *g, const struct watch_answer *first,
    const struct watch_answer *other)
{
	if (!among(g, first->hash) || !among(g, other->hash))
		return NULL;
	for (size_t w = 0; w < sizeof ways / sizeof ways[0]; w++) {
		if (ways[w].of_all && ways[w].is(g->answer, g->n))
			return ways[w].words;
		for (size_t at = 0; at < g->n; at = session_end(g, at)) {
			if (ways[w].is(g->answer + at, session_end(g, at) - at))
				return ways[w].words;
		}
	}
	return NULL;
}

/* --- the sessions --- */

struct neutral {
	struct job *job;
	const struct watch_said *said;
	struct watch_state *watch;
	struct watch_gathered *gathered;
	long long end;
	unsigned long session;
	struct peer peer;
	bool message_over, session_over;
};

static void
tell(struct neutral *n, enum direction to, char letter, struct slice bytes)
{
	struct event e = { .what = EVENT_PACKET,
		.conn = n->session,
		.to = to,
		.letter = letter,
		.bytes = bytes };

	watch_event(n->watch, &e);
}

static void
note_end(struct neutral *n, enum packet_kind command, const struct frame *f)
{
	enum packet_kind k = packet_kind(TO_MTA, f->letter);
	bool goes_on = k == RPL_CONTINUE || k == RPL_SKIP || k == RPL_OPTNEG;

	if (command == CMD_UNKNOWN)
		return;
	n->message_over |= !goes_on;
	n->session_over |=
	    (k == RPL_REPLYCODE && slice_starts(f->payload, SLICE("421"))) ||
	    (!goes_on && (command == CMD_CONNECT || command == CMD_HELO));
}

/* The answer to the command, with all that comes before it. */
static void
hear(struct neutral *n, enum packet_kind command)
{
	bool final = false;
	struct frame f;

	while (!final && !n->session_over) {
		if (peer_packet(&n->peer, &f) != PEER_PACKET) {
			n->session_over = true;
			return;
		}
		enum packet_kind k = packet_kind(TO_MTA, f.letter);
		tell(n, TO_MTA, f.letter, f.payload);
		final = k == RPL_OPTNEG || (k < N_PACKETS && packet_rules[k].final);
		if (final)
			note_end(n, command, &f);
		peer_took(&n->peer, &f);
	}
}

static void
say(struct neutral *n, const struct frame *f, struct slice bytes)
{
	enum packet_kind k = packet_kind(TO_MILTER, f->letter);

	tell(n, TO_MILTER, f->letter, f->payload);
	if (!peer_send(&n->peer, bytes))
		n->session_over = true;
	else if (k == CMD_OPTNEG || terms_answer(&n->watch->session[n->session].terms, k))
		hear(n, k);
}

/* All packets of the text, as long as the milter wants them. */
static void
say_all(struct neutral *n, struct slice rest)
{
	struct frame f;

	n->message_over = false;
	while (!n->session_over && !n->message_over && rest.len > 0 &&
	       frame_decode(rest, FRAME_PAYLOAD_1M, &f) == FRAME_OK) {
		say(n, &f, slice_first(rest, f.size));
		rest = slice_from(rest, f.size);
	}
}

static void
play_session(struct neutral *n, unsigned messages)
{
	enum { ANSWER_MS = 5000 };
	struct text why = TEXT_INIT(400);

	n->session++;
	n->session_over = false;
	if (peer_open(&n->peer, n->job->address, PEER_CONNECTED, ANSWER_MS, &why)) {
		say_all(n, text_slice(&n->said->client));
		for (unsigned i = 0;
		     i < messages && !n->session_over && monotonic_ms() < n->end; i++)
			say_all(n, text_slice(&n->said->message));
		(void)peer_send(&n->peer, SLICE("\0\0\0\1Q"));
		peer_close(&n->peer);
	}
	text_clear(&why);
}

/* One after the other, with time between: a clock, or a number, is new each time. */
static bool
writes_something_new(struct neutral *n)
{
	struct watch_answer *a = n->gathered->answer;

	n->gathered->n = 0;
	for (int i = 0; i < APART; i++) {
		if (i > 0)
			nap_ms(CLOCK_MS);
		play_session(n, 1);
	}
	return n->gathered->n == APART && a[0].hash != a[1].hash &&
	       a[1].hash != a[2].hash && a[0].hash != a[2].hash;
}

static const char *
look(struct neutral *n, const struct watch_state *w)
{
	struct watch_answer first = { .hash = n->said->answered,
		.later = n->said->later };
	unsigned most = w->most + 2 > MESSAGES ? w->most + 2 : MESSAGES;

	most = most > MESSAGES_MAX ? MESSAGES_MAX : most;
	for (int i = 0; i < SESSIONS && monotonic_ms() < n->end; i++)
		play_session(n, most);
	const char *way = neutral_way(n->gathered, &first, &w->other_answer);
	if (way == NULL && writes_something_new(n))
		way = "the milter writes something new into each message";
	return way;
}

const char *
neutral_explains(struct job *j)
{
	const struct watch_state *w = j->watch;
	struct text why = TEXT_INIT(4000);
	const char *way = NULL;

	if (w == NULL || w->differs == NULL || w->differs->client.len == 0)
		return NULL;
	struct neutral n = { .job = j,
		.said = w->differs,
		.watch = watch_new(w->rule, false),
		.gathered = calloc(1, sizeof *n.gathered),
		.end = monotonic_ms() + ALL_MS };
	bool puts_off = w->differs->later || w->other_answer.later;
	if (n.watch != NULL && n.gathered != NULL && job_milter(j, puts_off, &why)) {
		n.gathered->asked = w->differs->asked;
		n.watch->gathered = n.gathered;
		way = look(&n, w);
	}
	watch_free(n.watch);
	free(n.gathered);
	text_clear(&why);
	return way;
}
