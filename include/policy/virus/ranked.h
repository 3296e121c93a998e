/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_VIRUS_RANKED_H
#define POLICY_VIRUS_RANKED_H

/*
 * ranked - the signatures of a scanner, sorted by their bytes, and what the
 * scanner wants to know of each.
 *
 * Two things keep a text that is nearly a signature from being slow.  "Late"
 * bytes are compared first: the last ones, because a text that was made to look
 * like a signature is most easily changed there; or, if a long signature begins
 * like a row of something, the place where the row ends.  And the period: where
 * a signature that repeats itself has failed, it fails again one period further
 * on, and need not be compared.
 */

#include <stdbool.h>

#include "base/slice.h"
#include "policy/virus/gram.h"

enum {
	RANKED_LONG = 256, /* bytes: more is a long signature */
	LATE_BYTES = GRAM_WIDE,
	LATE_NEVER = 1 << 30, /* as late_at: there are none */
};

/* A signature at its place in the order of bytes: its rank. */
struct ranked {
	const char *ptr; /* borrowed */
	uint32_t len;
	uint32_t index;   /* in the list given */
	uint32_t late_at; /* offset of LATE_BYTES bytes to compare first */
	uint32_t period;  /* of all its bytes, the smallest; 0: not long, not known */
	uint16_t late;    /* gram_late() of them */
	uint8_t anchor;   /* offset of its first gram in the table */
	uint8_t grams;    /* how many are in it: a stride, or a shorter period */
};

/*
 * Sorts `count` patterns into `ranked`, and leaves out what can never be the
 * hit: a pattern that begins with another, or that is equal to an earlier one.
 * So no pattern in `ranked` is a beginning of another.  *ret: how many there are.
 * False when memory is out.  All but anchor and grams are set.
 */
bool ranked_sort(
    struct ranked *ranked, const struct slice *patterns, size_t count, uint32_t *ret);

#endif
