/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/load/histogram.h"

#include <stddef.h>

enum { FINE = 32 }; /* buckets for each power of two */

static const uint64_t longest = UINT64_C(3600) * 1000 * 1000;

/* Below 32 each value has its own; above, the five bits behind the first one. */
static size_t
bucket_of(uint64_t us)
{
	unsigned shift = 0;

	while (us >> shift >= 2 * FINE)
		shift++;
	return us < FINE ? (size_t)us : shift * FINE + (size_t)(us >> shift);
}

/* The largest value of a bucket. */
static uint64_t
top_of(size_t bucket)
{
	size_t shift = bucket < 2 * FINE ? 0 : bucket / FINE - 1;

	return (((uint64_t)(bucket - shift * FINE) + 1) << shift) - 1;
}

void
histogram_add(struct histogram *h, uint64_t us)
{
	if (us > longest)
		us = longest;
	if (h->count == 0 || us < h->least)
		h->least = us;
	if (us > h->most)
		h->most = us;
	h->count++;
	h->bucket[bucket_of(us)]++;
}

uint64_t
histogram_at(const struct histogram *h, double share)
{
	uint64_t want = (uint64_t)((double)h->count * share + 0.999999), seen = 0;

	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		seen += h->bucket[i];
		if (seen != 0 && seen >= want)
			return top_of(i) < h->most ? top_of(i) : h->most;
	}
	return h->most;
}
