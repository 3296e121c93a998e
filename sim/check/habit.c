/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/check/habit.h"

#include "sim/check/peer.h"

enum {
	TIMES = 2, /* what is done once may have been chance */
	FEW = 8,   /* sessions at once: most cases have fewer */
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

/* One session or a few are open, no other is then, and the next when they have gone. */
static bool
few_sessions(const struct socket_address *milter)
{
	struct peer p[FEW];
	unsigned open = 0;

	while (open < FEW && opens(&p[open], milter, open == 0 ? OPEN_MS : BESIDE_MS))
		open++;
	bool few = open > 0 && open < FEW;
	for (unsigned i = 0; i < open; i++)
		peer_close(&p[i]);
	few = few && opens(&p[0], milter, OPEN_MS);
	if (few)
		peer_close(&p[0]);
	return few;
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
	const char *rule[2], *words; /* of the cases that are about it */
	bool (*has)(const struct socket_address *milter);
	bool two;            /* explains only what has more than one session */
	const char *seen[4]; /* how a case tells of it */
} rows[N_HABITS] = {
	[HABIT_FEW_SESSIONS] = { { "con/two", "con/many" },
	    "the milter serves a few sessions at a time, and the next waits",
	    few_sessions, true, { "no answer in", "fail: no answer in" } },
	[HABIT_ONE_MESSAGE] = { { "ord/second-message" },
	    "the milter closes the connection behind a message", one_message, false,
	    { "the milter closed", "the connection broke", "the milter does not take" } },
};

static bool
is_about(enum habit h, const char *rule)
{
	for (size_t i = 0; i < 2 && rows[h].rule[i] != NULL; i++) {
		if (strcmp(rows[h].rule[i], rule) == 0)
			return true;
	}
	return false;
}

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
		if (!is_about(h, rule) && (two || !rows[h].two) && looks_like(h, got) &&
		    has(j, h))
			return rows[h].words;
	}
	return NULL;
}

bool
habit_known(const struct job *j, const char *rule, enum habit h)
{
	return j->habit[h] == HABIT_YES && !is_about(h, rule);
}
