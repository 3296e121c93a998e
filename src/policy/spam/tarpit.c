/* SPDX-License-Identifier: BSD-2-Clause */
/* A client may stand in one of WAYS places of its set; the set follows from its key. */
#include "policy/spam/tarpit.h"

#include <assert.h>
#include <stdlib.h>

enum { WAYS = 8, SETS = TARPIT_CLIENTS / WAYS };

struct entry {
	struct tarpit_key client;
	uint64_t first_ms, last_ms;
	unsigned count; /* 0: free */
};

struct tarpit {
	struct entry entry[SETS][WAYS];
};

struct tarpit *
tarpit_new(void)
{
	return calloc(1, sizeof(struct tarpit));
}

void
tarpit_free(struct tarpit *t)
{
	free(t);
}

static size_t
set_of(struct tarpit_key client)
{
	uint64_t h;

	static_assert(sizeof h == sizeof client.bytes, "one word");
	memcpy(&h, client.bytes, sizeof h);
	h = (h ^ h >> 31) * 0x9e3779b97f4a7c15u; /* 2^64 over the golden ratio */
	return h >> 32 & (SETS - 1);
}

/* The client's entry, or else the one to give up for it. */
static struct entry *
find(struct entry set[WAYS], struct tarpit_key client)
{
	struct entry *oldest = &set[0];

	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].count > 0 &&
		    memcmp(set[i].client.bytes, client.bytes, sizeof client.bytes) == 0)
			return &set[i];
		if (set[i].last_ms < oldest->last_ms)
			oldest = &set[i];
	}
	*oldest = (struct entry){ .client = client };
	return oldest;
}

/* One that waits is let go after a quiet window, others a window after the first. */
static bool
is_over(const struct entry *e, const struct tarpit_limits *limits, uint64_t now_ms)
{
	uint64_t since = e->count > limits->refusals ? e->last_ms : e->first_ms;

	return e->count == 0 || now_ms - since >= limits->window_ms;
}

unsigned
tarpit_refused(struct tarpit *t, const struct tarpit_limits *limits,
    struct tarpit_key client, uint64_t now_ms)
{
	if (limits->refusals == 0)
		return 0;
	struct entry *e = find(t->entry[set_of(client)], client);
	if (is_over(e, limits, now_ms)) {
		e->first_ms = now_ms;
		e->count = 0;
	}
	if (e->count <= limits->refusals)
		e->count++;
	e->last_ms = now_ms;
	return e->count > limits->refusals ? limits->delay_ms : 0;
}
