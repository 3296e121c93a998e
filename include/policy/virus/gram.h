/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_VIRUS_GRAM_H
#define POLICY_VIRUS_GRAM_H

/*
 * gram - eight bytes of text, and the question "does any signature hold them?"
 *
 * A scanner that looks at eight bytes in every `stride` misses nothing as long
 * as every signature answers for `stride` grams in a row: whatever the phase,
 * one of them is looked at.  Nearly every look at clean mail ends in the
 * filter here, a Bloom filter with three bits of one 64-bit word per gram: one
 * cache line, no branch.  What passes it goes to the exact table
 * (policy/virus/gram_table.h).
 *
 * The filter says "no" only when no signature holds the gram; "yes" may be
 * wrong.  Built once, then const and shared by all threads.
 */

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { GRAM = 8 }; /* bytes */

/*
 * The gram at p, mixed so that its high bits depend on all eight bytes.  An
 * odd factor makes this one to one: equal hashes are equal grams.
 */
static inline uint64_t
gram_hash(const char *p)
{
	uint64_t gram;

	memcpy(&gram, p, GRAM);
	return gram * UINT64_C(0x9E3779B97F4A7C15);
}

struct gram_filter {
	uint64_t *word;
	uint64_t mask; /* number of words - 1, a power of two */
};

/* False when memory is out.  `grams` is how many will be added. */
bool gram_filter_init(struct gram_filter *f, size_t grams);
void gram_filter_add(struct gram_filter *f, uint64_t hash);
void gram_filter_clear(struct gram_filter *f); /* frees; safe on a zeroed one */

/* Which word, and the three bits in it, come from different bits of the hash. */
static inline uint64_t
gram_filter_index(const struct gram_filter *f, uint64_t hash)
{
	return (hash >> 22) & f->mask;
}

/* Before gram_filter_add(), so that the word is in the cache by then. */
static inline void
gram_filter_prefetch(const struct gram_filter *f, uint64_t hash)
{
	__builtin_prefetch(&f->word[gram_filter_index(f, hash)], 1);
}

/* 1: perhaps; 0: certainly not. */
static inline unsigned
gram_filter_has(const struct gram_filter *f, uint64_t hash)
{
	uint64_t word = f->word[gram_filter_index(f, hash)];

	return (unsigned)((word >> (hash >> 58)) & (word >> ((hash >> 52) & 63)) &
			  (word >> ((hash >> 46) & 63)) & 1);
}

/*
 * The first of the offsets 0, stride, 2 stride... up to and including `last`
 * at which p has a gram that may be a signature's; a value above `last` when
 * there is none.  p[last + 7] must be readable.
 */
size_t gram_filter_next(
    const struct gram_filter *f, const char *p, size_t last, size_t stride);

#endif
