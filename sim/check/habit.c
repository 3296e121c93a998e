/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/check/habit.h"

#include "sim/check/peer.h"

enum {
	TIMES = 2, /* what is done once may have been chance */
	OPEN_MS = 10000,
	BESIDE_MS = 2000,
};

static bool
opens(struct peer *p, const struct socket_address *milter, unsigned answer_ms)
{
	struct text why = TEXT_INIT(400);
	bool ok = peer_open(p, milter, PEER_IDLE, answer_ms, &why);

	text_clear(&why);
	return ok;
}

/* No other session while one is open, and the next when that has gone. */
static bool
one_session(const struct socket_address *milter)
{
	struct peer first, other, next;

	if (!opens(&first, milter, OPEN_MS))
		return false;
	bool alone = !opens(&other, milter, BESIDE_MS);
	peer_close(&other);
	peer_close(&first);
	alone = opens(&next, milter, OPEN_MS) && alone;
	peer_close(&next);
	return alone;
}

/* The end of a message is answered, and another at once behind it finds nobody. */
static bool
one_message(const struct socket_address *milter)
{
	struct text why = TEXT_INIT(400);
	struct peer p;
	char letter;

	if (!opens(&p, milter, OPEN_MS))
		return false;
	bool ends = peer_again(&p, PEER_END, &why);
	p.answer_ms = BESIDE_MS;
	ends = ends && !peer_again(&p, PEER_MESSAGE, &why) &&
	       peer_hear(&p, &letter) == PEER_CLOSED;
	peer_close(&p);
	text_clear(&why);
	return ends;
}

static const struct {
	const char *rule, *words;
	bool (*has)(const struct socket_address *milter);
	bool two;            /* explains only what has more than one session */
	const char *seen[4]; /* how a case tells of it */
} rows[N_HABITS] = {
	[HABIT_ONE_SESSION] = { "con/two", "the milter serves one session at a time",
	    one_session, true, { "no answer in", "fail: no answer in" } },
	[HABIT_ONE_MESSAGE] = { "ord/second-message",
	    "the milter closes the connection behind a message", one_message, false,
	    { "the milter closed", "the connection broke", "the milter does not take" } },
};

static bool
looks_like(enum habit h, struct slice got)
{
	for (size_t i = 0; i < 4 && rows[h].seen[i] != NULL; i++) {
		if (slice_starts(got, slice_of(rows[h].seen[i])))
			return true;
	}
	return false;
}

static bool
has(struct job *j, enum habit h)
{
	int times = 0;

	if (j->habit[h] == HABIT_UNKNOWN) {
		while (times < TIMES && rows[h].has(j->address))
			times++;
		j->habit[h] = times == TIMES ? HABIT_YES : HABIT_NO;
	}
	return j->habit[h] == HABIT_YES;
}

const char *
habit_explains(struct job *j, const char *rule, bool two, struct slice got)
{
	for (enum habit h = 0; h < N_HABITS; h++) {
		if (strcmp(rows[h].rule, rule) != 0 && (two || !rows[h].two) &&
		    looks_like(h, got) && has(j, h))
			return rows[h].words;
	}
	return NULL;
}

bool
habit_known(const struct job *j, const char *rule, enum habit h)
{
	return j->habit[h] == HABIT_YES && strcmp(rows[h].rule, rule) != 0;
}
