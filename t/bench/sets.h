/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef T_BENCH_SETS_H
#define T_BENCH_SETS_H

/*
 * sets - lists of signatures to measure with, and texts that are nearly them.
 *
 * Always the same for the same seed; memory that is out ends the program.
 */

#include <stdbool.h>

#include "t/bench/corpus.h"

enum {
	LINE = 76,       /* bytes of a line of base64, and of a usual signature */
	BLOCK = 1 << 16, /* the longest signature */
};

struct set {
	struct slice *pattern;
	size_t count;
	char *store;
};

struct set set_random(size_t count, uint64_t seed);

/* Lengths spread evenly from `least` to LINE; the first has `least`. */
struct set set_mixed(size_t count, size_t least, uint64_t seed);

/* 48 of 76 bytes are the same in all: at the beginning, or at 28 places. */
struct set set_sharing(size_t count, bool moving, uint64_t seed);

/* `count` of BLOCK bytes each, `period` random bytes over and over; 0: all random. */
struct set set_blocks(size_t count, size_t period, uint64_t seed);

void set_clear(struct set *s);

/* A text of `size` bytes: the set's signatures, the last byte of each another. */
struct corpus near_misses(const struct set *s, size_t size);

#endif
