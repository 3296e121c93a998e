/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_VIRUS_GRAM_TABLE_H
#define POLICY_VIRUS_GRAM_TABLE_H

/*
 * gram_table - which signatures hold a gram, and how far from their beginning.
 *
 * Signatures stand in a list sorted by their bytes; a place in it is a rank.
 * For a gram the table gives groups: all signatures that hold it at the same
 * offset, in order of rank.  If a text has the gram at a position p, then a
 * signature of the group can only begin at p - offset, and because the group
 * is sorted a binary search finds it.  So ten thousand signatures that share
 * their first line cost fourteen comparisons, not ten thousand.
 *
 * Built once, then const and shared by all threads.
 */

#include "policy/virus/gram.h"

enum {
	RANK_BITS = 24,
	RANKS_MAX = 1 << RANK_BITS, /* signatures in one table */
	OFFSETS_MAX = 255, /* an offset is less; eight bits, bounds never overflow */
};

struct gram_table {
	uint32_t *first; /* of a bucket: index into entry; one more than buckets */
	uint64_t *entry; /* check, offset, rank: sorted within a bucket */
	uint64_t mask;   /* number of buckets - 1 */
};

/* A gram of a signature; `hash` by gram_hash(). */
struct gram_place {
	uint64_t hash;
	uint32_t offset, rank;
};

/*
 * Where the grams come from: called with 0, 1, 2... up to count - 1, twice
 * over; must give the same each time.
 */
struct gram_source {
	struct gram_place (*place)(const void *self, size_t i);
	const void *self;
	size_t count; /* less than 2^32 */
};

/* False when memory is out; then there is nothing to clear. */
bool gram_table_init(struct gram_table *t, const struct gram_source *source);
void gram_table_clear(struct gram_table *t); /* frees; safe on a zeroed one */
size_t gram_table_bytes(const struct gram_table *t);

/* Signatures that hold one gram at one offset: t->entry[at] up to [end - 1]. */
struct gram_group {
	uint32_t at, end;
	uint32_t offset;
};

/*
 * Goes over the groups of a gram: start with *group zeroed, stop at false.
 *
 *	struct gram_group g = { 0 };
 *	while (gram_table_next(t, hash, &g))
 *		...
 */
bool gram_table_next(const struct gram_table *t, uint64_t hash, struct gram_group *group);

static inline uint32_t
gram_table_rank(const struct gram_table *t, uint32_t at)
{
	return (uint32_t)t->entry[at] & (RANKS_MAX - 1);
}

#endif
