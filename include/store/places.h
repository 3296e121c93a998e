/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_PLACES_H
#define STORE_PLACES_H

/*
 * places - so many at one time, the others in a queue.
 *
 * Who came first is first, and nobody waits longer than he said.  Thread-safe.
 */

#include <pthread.h>

#include "store/stream.h"

struct place_waiter { /* on the stack of who waits */
	pthread_cond_t turn;
	bool has_place; /* it was given one, and is out of the queue */
	struct place_waiter *next;
};

struct places {
	pthread_mutex_t lock;
	unsigned free;
	struct place_waiter *first; /* in the order in which they came */
};

/* False when there is no mutex to be had. */
bool places_init(struct places *p, unsigned count);
void places_clear(struct places *p);

/* False: none came free in time, or the MTA is gone; errno as patience_left(). */
bool places_take(struct places *p, struct patience *patience);
void places_give(struct places *p);

#endif
