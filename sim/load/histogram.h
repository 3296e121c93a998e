/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_LOAD_HISTOGRAM_H
#define SIM_LOAD_HISTOGRAM_H

/*
 * histogram - how long things took: counts in buckets, for percentiles.
 *
 * Times are microseconds, from 0 to an hour; what is longer counts as that.  A
 * bucket is at most 1/32 wider than its lower end, so that a percentile is at
 * most 3.2 % too high.  The memory is fixed however many values come.  Pure.
 */

#include <stdint.h>

enum { HISTOGRAM_BUCKETS = 32 * 30 };

struct histogram {
	uint64_t count, least, most; /* least and most of what came; 0 when none */
	uint32_t bucket[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *h, uint64_t us);

/* The value that `share` (0 to 1) of all are not above; 0 when there are none. */
uint64_t histogram_at(const struct histogram *h, double share);

#endif
