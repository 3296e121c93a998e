/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_VIRUS_SCANNER_H
#define POLICY_VIRUS_SCANNER_H

/*
 * scanner - a list of signatures, made ready to be looked for.
 *
 * Made once, const from then on, shared by all threads; policy/virus/scan.h uses it
 * on texts.  The parts: a filter that a look at clean text does not pass
 * (policy/virus/gram_filter.h), a table from grams to signatures
 * (policy/virus/gram_table.h), and the signatures sorted by their bytes
 * (policy/virus/ranked.h).  How far apart the looks are is chosen by
 * policy/virus/shape.h, which grams stand for a signature by policy/virus/anchor.h.
 */

#include "policy/virus/anchor.h"
#include "policy/virus/gram_filter.h"
#include "policy/virus/gram_table.h"
#include "policy/virus/ranked.h"

enum {
	SIGNATURE_SHORTEST = 8,        /* bytes: less would be found everywhere */
	SIGNATURE_LONGEST = 64 * 1024, /* bytes; a text may have to keep so many */
	SIGNATURES_MOST = RANKS_MAX,   /* in one scanner */
	REPEATING = 256, /* more than any offset: added where a period stands for a row */
};

struct scanner {
	struct gram_shape shape;
	struct gram_filter filter;
	struct gram_table table;
	struct ranked *ranked;
	uint32_t count;
	unsigned lookback; /* most bytes between a signature's begin and a look */
	bool is_large;     /* its tables do not fit into the second cache */
};

/*
 * The patterns are borrowed and must outlive the scanner; there may be none.
 * NULL when memory is out or a limit above is not kept.
 */
struct scanner *scanner_new(const struct slice *patterns, size_t count);
void scanner_free(struct scanner *s); /* takes NULL */

size_t scanner_bytes(const struct scanner *s); /* of memory, patterns left out */

#endif
