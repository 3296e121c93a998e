/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_RECORD_COMPARE_H
#define SIM_RECORD_COMPARE_H

/*
 * compare - where two recordings part.
 *
 * Wire by wire, in the order in which those of the first begin: which of two wires
 * was read first is chance.  Pure but for memory.
 */

#include "sim/record/story.h"

struct comparison {
	struct text wire;   /* "m1, connection 2": where they part; empty: nowhere */
	size_t line[2];     /* ... in each file; 0: its wire has ended, or is not there */
	struct text around; /* lines: those before, then with - and + both sides' own */
	unsigned long lines; /* alike up to there */
};

#define COMPARISON_INIT                                                                  \
	{                                                                                \
		.wire = TEXT_INIT(100), .around = TEXT_INIT(64 * 1024),                  \
	}

/* True: they do not part. */
bool compare_stories(
    const struct story *a, const struct story *b, struct comparison *ret);

void comparison_clear(struct comparison *c);

#endif
