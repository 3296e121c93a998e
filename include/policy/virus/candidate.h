/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_VIRUS_CANDIDATE_H
#define POLICY_VIRUS_CANDIDATE_H

/*
 * candidate - a gram of the text that has passed the filter is held against the
 * signatures that have it.  Private to scan.c.
 */

#include "policy/virus/scanner.h"

/* Where a long signature was tried last, and where the text was another. */
struct broken {
	uint32_t rank;
	ptrdiff_t start, at; /* at - start is less than the signature's length */
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
	struct broken broken; /* start == at: none yet */
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
 * The piece has LATE_BYTES bytes or more, the scanner a signature; *c is changed.
 */
void candidate_try_all(
    const struct scanner *s, struct window *w, struct candidate *c, size_t count);

#endif
