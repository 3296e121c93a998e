/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_TOLD_H
#define STORE_TOLD_H

/*
 * told - a trouble is a line when it begins, and none while it lasts.
 *
 * A clamd that may not read what is passed to it refuses every message in the
 * same words; the first refusal is news, the thousandth is a count.  A trouble
 * that comes and goes is told once a minute at most.  Thread-safe.
 */

#include <pthread.h>
#include <stdbool.h>

enum {
	TOLD_CAUSES_MAX = 16, /* the last place is shared by all that find none */
	TOLD_QUIET_MS = 60000,
};

struct told {
	pthread_mutex_t lock;
	struct told_cause {
		const char *cause;
		bool told;
		long long quiet_until_ms;
	} cause[TOLD_CAUSES_MAX];
	unsigned used;
	unsigned long long since; /* attempts in trouble since the first line */
};

bool told_init(struct told *t);
void told_clear(struct told *t);

/*
 * A trouble now; `cause` is a word of the program's own, which stays.  True when
 * it is to be told: it was over or never there, and a minute has passed since
 * the last line of this cause.
 */
bool told_begin(struct told *t, const char *cause, long long now_ms);

/*
 * It went well: all causes are over.  How many attempts were in trouble since
 * the first one that was told; 0 when none was.
 */
unsigned long long told_over(struct told *t);

#endif
