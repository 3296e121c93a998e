/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_VIRUS_CANDIDATE_H
#define POLICY_VIRUS_CANDIDATE_H

/*
 * candidate - a gram of the text that has passed the filter is held against the
 * signatures that have it.  Private to scan.c.
 */

#include "policy/virus/scanner.h"

/* A long signature and the text are the same from `start` up to `at`, no further. */
struct tried {
	uint32_t rank;
	ptrdiff_t start, at; /* equal: none yet; `at` may be the end of the piece */
};

/*
 * The piece at hand and what was kept of those before it.  Positions count
 * from the beginning of the piece; kept bytes have negative ones.
 */
struct window {
	const char *piece;
	ptrdiff_t len;
	const char *kept_end; /* one behind position -1 */
	ptrdiff_t first;      /* the lowest position there is */
	ptrdiff_t unfinished; /* first look whose signature goes beyond the piece */
	ptrdiff_t start, end; /* of the hit; end 0: none */
	uint32_t signature;
	struct tried tried; /* the last one */
};

/* The gram at position `at` of the text has this hash. */
void candidate_try(
    const struct scanner *s, struct window *w, ptrdiff_t at, uint64_t hash);

struct candidate {
	ptrdiff_t at;
	uint64_t hash;
};

/*
 * candidate_try() for each of many, quicker where most are nearly a signature.
 * zero[at] is the byte at a position, and there from LATE_BEFORE bytes in front of
 * each candidate up to LATE_BEHIND + GRAM_WIDE behind it.  *c is changed.
 * Returns how many are grams that the table has, or seem to be.
 */
size_t candidate_try_all(const struct scanner *s, struct window *w, const char *zero,
    struct candidate *c, size_t count);

#endif
