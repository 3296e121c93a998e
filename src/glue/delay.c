/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/delay.h"

#include <time.h>

bool
delay_init(struct delay *d, unsigned long most)
{
	pthread_condattr_t attr;

	*d = (struct delay){ .most = most };
	if (pthread_mutex_init(&d->lock, NULL) != 0 || pthread_condattr_init(&attr) != 0)
		return false;
	/* A clock that steps back must not make a second an hour. */
	bool ok = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0 &&
		  pthread_cond_init(&d->woken, &attr) == 0;
	(void)pthread_condattr_destroy(&attr);
	return ok;
}

bool
delay_wait(struct delay *d, unsigned milliseconds)
{
	struct timespec until;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += milliseconds / 1000;
	until.tv_nsec += (long)(milliseconds % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&d->lock);
	bool may = d->waiting < d->most && !d->over;
	if (may) {
		d->waiting++;
		while (
		    !d->over && pthread_cond_timedwait(&d->woken, &d->lock, &until) == 0)
			;
		d->waiting--;
	}
	pthread_mutex_unlock(&d->lock);
	return may;
}

void
delay_wake_all(struct delay *d)
{
	pthread_mutex_lock(&d->lock);
	d->over = true;
	pthread_cond_broadcast(&d->woken);
	pthread_mutex_unlock(&d->lock);
}
