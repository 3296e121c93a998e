/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef T_UNIT_ORACLE_H
#define T_UNIT_ORACLE_H

/*
 * oracle - what a scan should find, by searching the whole text for each
 * pattern with memmem().  Slow and plainly right.  And the random numbers of the
 * tests that use it.
 */

#include "policy/virus/scan.h"

static inline enum scan_status
oracle(
    const struct slice *patterns, size_t count, struct slice text, struct scan_hit *ret)
{
	struct scan_hit best = { 0 };
	bool found = false;

	for (size_t i = 0; i < count && text.len > 0; i++) {
		const char *at =
		    memmem(text.ptr, text.len, patterns[i].ptr, patterns[i].len);
		if (at == NULL)
			continue;
		struct scan_hit hit = { .signature = (uint32_t)i,
			.start = (uint64_t)(at - text.ptr),
			.end = (uint64_t)(at - text.ptr) + patterns[i].len };
		if (!found || hit.end < best.end)
			best = hit;
		found = true;
	}
	if (found)
		*ret = best;
	return found ? SCAN_HIT : SCAN_CLEAN;
}

static inline uint32_t
random_below(uint64_t *state, uint32_t n)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((*state >> 33) % n);
}

#endif
