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
 * Each entry also has a few bits of what else must stand in the text, so that
 * nearly all that only look like a signature are told apart without a look at
 * the signature itself.  An entry is eight bytes: eight to a cache line.
 *
 * Built once, then const and shared by all threads.
 */

#include <stdbool.h>
#include <stddef.h>

#include "policy/virus/gram.h"

enum {
	RANK_BITS = 24,
	RANKS_MAX = 1 << RANK_BITS, /* signatures in one table */
	OFFSETS_MAX = 511, /* an offset is less; nine bits, bounds never overflow */

	/* Parts of an entry, from its lowest bit on; RANK_BITS between these two. */
	LATE_BITS = 16,
	OFFSET_AT = LATE_BITS + RANK_BITS,
	CHECK_AT = OFFSET_AT + 9,
};

struct gram_table {
	uint32_t *first; /* of a bucket: index into entry; one more than buckets */
	uint64_t *entry; /* check, offset, rank, late: sorted within a bucket */
	uint64_t mask;   /* number of buckets - 1 */
};

/* A gram of a signature; `hash` by gram_hash(). */
struct gram_place {
	uint64_t hash;
	uint32_t offset, rank;
	uint16_t late; /* whatever the user of the table wants to know of `rank` */
	bool spare;    /* not to be entered */
};

/*
 * Where the grams come from: called with 0, 1, 2... up to count - 1, several
 * times over; must give the same each time.
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

static inline size_t
gram_table_bucket(const struct gram_table *t, uint64_t hash)
{
	return (hash >> 22) & t->mask;
}

/* 1: perhaps; 0: certainly not. */
static inline unsigned
gram_table_has(const struct gram_table *t, uint64_t hash)
{
	size_t bucket = gram_table_bucket(t, hash);

	return t->first[bucket] != t->first[bucket + 1];
}

/* First the bucket is asked for, then its entries; then gram_table_next() is quick. */
static inline void
gram_table_prefetch(const struct gram_table *t, uint64_t hash)
{
	__builtin_prefetch(&t->first[gram_table_bucket(t, hash)]);
}

static inline void
gram_table_prefetch_entry(const struct gram_table *t, uint64_t hash)
{
	__builtin_prefetch(&t->entry[t->first[gram_table_bucket(t, hash)]]);
}

/* What an entry says; `hash` is not all in it, and left 0. */
static inline struct gram_place
gram_table_place(uint64_t entry)
{
	return (
	    struct gram_place){ .offset = (uint32_t)(entry >> OFFSET_AT) & OFFSETS_MAX,
		.rank = (uint32_t)(entry >> LATE_BITS) & (RANKS_MAX - 1),
		.late = (uint16_t)entry };
}

/* 1: the entry is certainly another gram's. */
static inline unsigned
gram_table_is_other(uint64_t entry, uint64_t hash)
{
	return (entry ^ hash) >> CHECK_AT != 0;
}

#endif
