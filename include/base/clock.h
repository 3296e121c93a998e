/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

/*
 * clock - milliseconds since some moment in the past, never going back, and
 * the deadlines made of them.
 *
 * A wall clock that steps back must not make a second an hour, so every wait
 * counts in these.  Thread-safe; cannot fail on a system that has the clock.
 */

#include <time.h>

static inline long long
clock_ms_of(clockid_t which)
{
	struct timespec t = { 0 };

	(void)clock_gettime(which, &t);
	return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static inline long long
monotonic_ms(void)
{
	return clock_ms_of(CLOCK_MONOTONIC);
}

/* Microseconds, to measure how long something took. */
static inline long long
monotonic_us(void)
{
	struct timespec t = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* A few milliseconds behind, a few nanoseconds dear. */
static inline long long
monotonic_coarse_ms(void)
{
#ifdef CLOCK_MONOTONIC_COARSE
	return clock_ms_of(CLOCK_MONOTONIC_COARSE);
#else
	return clock_ms_of(CLOCK_MONOTONIC);
#endif
}

/* `ms` from now, for a condition of thread_cond_init() (base/thread.h). */
static inline struct timespec
monotonic_after(unsigned ms)
{
	struct timespec t = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += (long)(ms % 1000) * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_nsec -= 1000000000;
		t.tv_sec++;
	}
	return t;
}

#endif
