/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GLUE_DELAY_H
#define GLUE_DELAY_H

/*
 * delay - hold one session up without holding up others.
 *
 * Each delayed session costs one of libmilter's threads, so their number has a
 * limit; beyond it nobody waits.  delay_wake_all() ends every wait at once, for
 * a process that wants to stop.  Thread-safe.
 */

#include <pthread.h>
#include <stdbool.h>

struct delay {
	pthread_mutex_t lock;
	pthread_cond_t woken;
	unsigned long waiting, most;
	bool over;
};

bool delay_init(struct delay *d, unsigned long most);

/* Waits that many milliseconds; false at once when too many wait already. */
bool delay_wait(struct delay *d, unsigned milliseconds);

void delay_wake_all(struct delay *d);

#endif
