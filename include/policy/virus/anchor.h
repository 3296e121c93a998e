/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_VIRUS_ANCHOR_H
#define POLICY_VIRUS_ANCHOR_H

/*
 * anchor - which grams of a signature should answer for it.
 *
 * A signature must enter the tables with `stride` grams in a row, but where
 * the row begins is free.  The best row is rare: in mail, so that clean text
 * seldom passes the filter, and among the signatures, so that a gram leads to
 * few of them.  Mail is not known in advance; what is known to be common there
 * is what has few different bytes (AAAAAAAA, rows of dashes and blanks) and
 * plain words.
 *
 * Pure; the result depends on the signatures alone.
 */

#include <stdbool.h>

#include "base/slice.h"
#include "policy/virus/gram.h"

enum {
	STRIDE_MAX = 64,   /* one look per cache line; more gains nothing */
	ANCHORS_MAX = 128, /* a row begins before this offset */
	LOOKBACK_MAX = ANCHORS_MAX + STRIDE_MAX - 1, /* so no offset is above this - 1 */
};

/* How many signatures hold a gram; a sketch, never too low. */
struct gram_census {
	uint8_t *seen; /* counters that stop at their highest value */
	size_t mask;   /* number of counters - 1 */
	struct gram_shape shape;
};

/* False when memory is out. */
bool gram_census_init(struct gram_census *c, struct gram_shape shape, size_t signatures);
void gram_census_add(struct gram_census *c, struct slice pattern);
void gram_census_clear(struct gram_census *c); /* frees; safe on a zeroed one */

/* Where the cheapest row of `stride` grams of the pattern begins. */
unsigned anchor_choose(const struct gram_census *c, struct slice pattern);

/* How many other places there are for the grams of the row at `anchor`, in all. */
unsigned anchor_shared(
    const struct gram_census *c, struct slice pattern, unsigned anchor);

#endif
