/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/places.h"

#include <errno.h>

#include "base/clock.h"
#include "base/thread.h"

bool
places_init(struct places *p, unsigned count)
{
	*p = (struct places){ .free = count };
	return pthread_mutex_init(&p->lock, NULL) == 0;
}

void
places_clear(struct places *p)
{
	(void)pthread_mutex_destroy(&p->lock);
}

static void
leave_queue(struct places *p, struct place_waiter *w)
{
	struct place_waiter **at = &p->first;

	while (*at != w)
		at = &(*at)->next;
	*at = w->next;
}

/* The MTA is told outside the lock: that writes to a socket. */
static bool
wait_for_turn(struct places *p, struct place_waiter *w, struct patience *patience)
{
	while (!w->has_place) {
		pthread_mutex_unlock(&p->lock);
		int left = patience_left(patience);
		int error = errno;
		pthread_mutex_lock(&p->lock);
		if (left == 0 && !w->has_place) {
			leave_queue(p, w);
			errno = error;
			return false;
		}
		const struct timespec until = monotonic_after((unsigned)left);
		while (!w->has_place &&
		       pthread_cond_timedwait(&w->turn, &p->lock, &until) == 0)
			;
	}
	return true;
}

static bool
queue(struct places *p, struct patience *patience)
{
	struct place_waiter w = { .has_place = false }, **at = &p->first;

	if (!thread_cond_init(&w.turn)) {
		errno = ENOMEM;
		return false;
	}
	while (*at != NULL)
		at = &(*at)->next;
	*at = &w;
	bool got = wait_for_turn(p, &w, patience);
	int error = errno;
	(void)pthread_cond_destroy(&w.turn);
	errno = error;
	return got;
}

bool
places_take(struct places *p, struct patience *patience)
{
	bool got = true;

	pthread_mutex_lock(&p->lock);
	if (p->free > 0)
		p->free--;
	else
		got = queue(p, patience);
	pthread_mutex_unlock(&p->lock);
	return got;
}

void
places_give(struct places *p)
{
	pthread_mutex_lock(&p->lock);
	struct place_waiter *w = p->first;
	if (w != NULL) {
		p->first = w->next;
		w->has_place = true;
		pthread_cond_signal(&w->turn);
	} else {
		p->free++;
	}
	pthread_mutex_unlock(&p->lock);
}
