/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/delay.h"

#include "base/clock.h"
#include "base/thread.h"

bool
delay_init(struct delay *d, unsigned long most)
{
	*d = (struct delay){ .most = most };
	return pthread_mutex_init(&d->lock, NULL) == 0 && thread_cond_init(&d->woken);
}

bool
delay_wait(struct delay *d, unsigned milliseconds)
{
	const struct timespec until = monotonic_after(milliseconds);

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
