/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_VIRUS_SCANNER_H
#define POLICY_VIRUS_SCANNER_H

/*
 * scanner - a list of signatures, made ready to be looked for.
 *
 * Made once, const from then on, shared by all threads; policy/virus/scan.h uses it
 * on texts.  The parts: a filter that a look at clean text does not pass
 * (policy/virus/gram.h), a table from grams to signatures (policy/virus/gram_table.h),
 * and the signatures sorted by their bytes.  Which grams stand for a signature is chosen
 * by policy/virus/anchor.h.
 */

#include "policy/virus/anchor.h"
#include "policy/virus/gram_table.h"

enum {
	SIGNATURE_SHORTEST = GRAM,     /* bytes: less has no gram */
	SIGNATURE_LONGEST = 64 * 1024, /* bytes; a text may have to keep so many */
	SIGNATURES_MOST = RANKS_MAX,   /* in one scanner */
};

/* A signature at its place in the order of bytes: its rank. */
struct ranked {
	const char *ptr; /* borrowed */
	uint32_t len;
	uint32_t index;  /* in the list given to scanner_new() */
	uint32_t anchor; /* offset of its first gram in the table */
};

/*
 * No pattern in `ranked` is a beginning of another: the shorter one ends
 * first, so the longer one could never be the hit and is left out.
 */
struct scanner {
	struct gram_filter filter;
	struct gram_table table;
	struct ranked *ranked;
	uint32_t count;
	unsigned stride;   /* a look in every so many bytes: a power of two */
	unsigned lookback; /* most bytes between a signature's begin and a look */
};

/*
 * The patterns are borrowed and must outlive the scanner; there may be none.
 * NULL when memory is out or a limit above is not kept.
 */
struct scanner *scanner_new(const struct slice *patterns, size_t count);
void scanner_free(struct scanner *s); /* takes NULL */

size_t scanner_bytes(const struct scanner *s); /* of memory, patterns left out */

#endif
