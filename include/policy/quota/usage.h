/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_QUOTA_USAGE_H
#define POLICY_QUOTA_USAGE_H

/*
 * usage - how full a mailbox is, and whether that is too full.  Pure.
 */

#include <stdbool.h>
#include <stdint.h>

struct usage {
	enum usage_kind {
		USAGE_NUMBERS, /* the members below */
		USAGE_FITS,    /* the source itself judged: there is room */
		USAGE_FULL,    /* the source itself judged: there is none */
	} kind;
	uint64_t bytes, bytes_limit; /* limit 0: none */
	uint64_t messages, messages_limit;
	bool certain; /* fresh and exact enough to refuse mail on */
};

enum fullness { HAS_ROOM, TOO_LARGE, FULL };

/*
 * FULL: used + margin >= limit, the margin a tenth of the limit at most;
 * TOO_LARGE: used + size > limit.  All in bytes; none of the sums overflows.
 */
enum fullness usage_fullness(const struct usage *u, uint64_t margin, uint64_t size);

#endif
