/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_CLOCK_H
#define STORE_CLOCK_H

/* clock - milliseconds since some moment in the past, never going back. */

#include <time.h>

static inline long long
clock_ms_of(clockid_t which)
{
	struct timespec t;

	(void)clock_gettime(which, &t);
	return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static inline long long
monotonic_ms(void)
{
	return clock_ms_of(CLOCK_MONOTONIC);
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

#endif
