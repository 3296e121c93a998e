/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_VIRUS_GRAM_FILTER_H
#define POLICY_VIRUS_GRAM_FILTER_H

/*
 * gram_filter - "does any signature hold this gram?", nearly always no.
 *
 * Nearly every look at clean mail ends here, in a Bloom filter whose bits of a
 * gram lie in one word: one cache line, no branch.  Three bits in 64 for wide
 * grams, two bits in 32 for narrow ones.  The filter says "no" only when no
 * signature holds the gram; "perhaps" may be wrong, and goes to the exact table
 * (policy/virus/gram_table.h).
 *
 * How a text is gone over depends on the shape and on the processor; every way
 * gives the same answers, t/unit/check_gram.c holds them to it.  Built once,
 * then const and shared by all threads.
 */

#include <stdbool.h>
#include <stddef.h>

#include "policy/virus/gram.h"

struct gram_filter;

/*
 * The first of the offsets 0, stride, 2 stride... up to and including `last`
 * at which p has a gram that may be a signature's; a value above `last` when
 * there is none.  p[last + width - 1] must be readable.
 */
typedef size_t gram_walk(const struct gram_filter *f, const char *p, size_t last);

struct gram_filter {
	struct gram_shape shape;
	unsigned shift; /* from a hash to the place of its word */
	union {
		uint64_t *wide;
		uint32_t *narrow;
	};
	gram_walk *next;
	/* Narrow grams, stride 1: of a gram's eight nibbles, lowest first, the sets. */
	uint8_t nibble[2 * GRAM_NARROW][16];
};

/* False when memory is out.  `grams` is how many will be added. */
bool gram_filter_init(struct gram_filter *f, struct gram_shape shape, size_t grams);
void gram_filter_add(struct gram_filter *f, uint64_t gram);
void gram_filter_clear(struct gram_filter *f); /* frees; safe on a zeroed one */
size_t gram_filter_bytes(const struct gram_filter *f);

/* One way to go over a text, and where it can be used. */
struct gram_way {
	const char *name;
	gram_walk *walk;
	bool (*serves)(struct gram_shape shape); /* false on a processor without it */
};

/* All there are, best first; the last serves any shape on any processor. */
extern const struct gram_way *const gram_ways[];
extern const size_t gram_ways_count;

/* Private to the filter, but that each way is in a file of its own. */
extern const struct gram_way gram_way_avx2, gram_way_nibbles;

/*
 * A narrow gram's word is told by the highest bits of its hash, the two bits in
 * it by the ten bits below those.
 */
enum { NARROW_BITS = 10 };

static inline uint32_t
narrow_hash(uint32_t gram)
{
	return gram * UINT32_C(0x9E3779B1);
}

static inline uint64_t
gram_filter_place(const struct gram_filter *f, uint64_t gram)
{
	return f->shape.width == GRAM_NARROW
		   ? (uint64_t)(narrow_hash((uint32_t)gram) >> f->shift)
		   : gram_hash(gram) >> f->shift;
}

/* The gram's word is asked for, to be there when it is looked at. */
static inline void
gram_filter_prefetch(const struct gram_filter *f, uint64_t gram)
{
	uint64_t place = gram_filter_place(f, gram);

	if (f->shape.width == GRAM_NARROW)
		__builtin_prefetch(&f->narrow[place]);
	else
		__builtin_prefetch(&f->wide[place]);
}

/* The bits of a wide gram come from the low half of its hash, its word from the high. */
static inline unsigned
wide_has(const struct gram_filter *f, uint64_t gram)
{
	uint64_t hash = gram_hash(gram), word = f->wide[hash >> f->shift];

	return (unsigned)((word >> (hash >> 34 & 63)) & (word >> (hash >> 28 & 63)) &
			  (word >> (hash >> 22 & 63)) & 1);
}

static inline unsigned
narrow_has(const struct gram_filter *f, uint64_t gram)
{
	uint32_t hash = narrow_hash((uint32_t)gram), word = f->narrow[hash >> f->shift];
	uint32_t bits = hash >> (f->shift - NARROW_BITS);

	return (word >> (bits & 31)) & (word >> (bits >> 5 & 31)) & 1;
}

/* 1: there is a set that has each nibble of the gram at its place. */
static inline unsigned
nibbles_have(const struct gram_filter *f, uint64_t gram)
{
	unsigned sets = 0xFF;

	for (unsigned i = 0; i < 2 * GRAM_NARROW; i++)
		sets &= f->nibble[i][gram >> 4 * i & 15];
	return sets != 0;
}

/* 1: perhaps; 0: certainly not. */
static inline unsigned
gram_filter_has(const struct gram_filter *f, uint64_t gram)
{
	if (f->shape.width == GRAM_WIDE)
		return wide_has(f, gram);
	if (f->shape.stride == 1 && !nibbles_have(f, gram))
		return 0;
	return narrow_has(f, gram);
}

#endif
