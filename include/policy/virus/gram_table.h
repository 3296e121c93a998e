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
 * the signature itself.  An entry is eight bytes, a bucket a cache line with
 * seven of them: a look at a table of many megabytes waits for memory once.  A
 * bucket that has more says where else they stand.
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
	RANK_AT = LATE_BITS + 7,
	OFFSET_AT = RANK_AT + RANK_BITS,
	CHECK_AT = OFFSET_AT + 9,

	/* Where late bytes are, from a gram on: no less and no more than this. */
	LATE_BEFORE = 4,
	LATE_BEHIND = 123,

	BUCKET_ROOM = 7, /* entries */
	TAG_BITS = 8,
};

/*
 * Entry i has its tag in byte i of `tags`, seven bits of the hash and a highest one;
 * where there is no entry the byte is 0.  The highest byte is no tag.
 */
struct gram_bucket {
	_Alignas(64) uint64_t tags;
	uint64_t entry[BUCKET_ROOM]; /* check, offset, rank, late bytes: sorted */
};

/* As tags: entry[0] up to [1] of the table's `more` are the bucket's. */
#define GRAM_ELSEWHERE (UINT64_C(1) << 56)

struct gram_table {
	struct gram_bucket *bucket;
	uint64_t *more;              /* the entries of buckets that have too many */
	uint32_t buckets, elsewhere; /* how many of both */
};

/* A gram of a signature; `hash` by gram_hash(). */
struct gram_place {
	uint64_t hash;
	uint32_t offset, rank;
	int late_at;   /* bytes from the gram on, within the limits above */
	uint16_t late; /* gram_late() of what the signature has there */
	bool no_late;  /* there is no such place: its bucket is elsewhere */
	bool spare;    /* not to be entered */
};

/*
 * Where the grams come from: called with 0, 1, 2... up to count - 1, several
 * times over; must give the same each time.
 */
struct gram_source {
	struct gram_place (*place)(const void *self, size_t i);
	uint64_t (*hash)(const void *self, size_t i); /* place(i).hash, and no more */
	const void *self;
	size_t count; /* less than 2^32 */
};

/* False when memory is out; then there is nothing to clear. */
bool gram_table_init(struct gram_table *t, const struct gram_source *source);
void gram_table_clear(struct gram_table *t); /* frees; safe on a zeroed one */
size_t gram_table_bytes(const struct gram_table *t);

/* Signatures that hold one gram at one offset: *at up to end[-1]. */
struct gram_group {
	const uint64_t *at, *end;
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

/*
 * The bucket comes from the high half of a hash, tag and check from the rest; they are
 * folded, because low bits of a hash depend on the gram's first bytes alone.
 */
static inline uint64_t
gram_fold(uint64_t hash)
{
	return hash ^ hash >> 24;
}

static inline uint64_t
gram_tag(uint64_t hash)
{
	return (gram_fold(hash) >> 10 & 0x7F) | 0x80;
}

static inline uint64_t
gram_check(uint64_t hash)
{
	return gram_fold(hash) >> 17 & 0xFF;
}

static inline const struct gram_bucket *
gram_table_bucket(const struct gram_table *t, uint64_t hash)
{
	return &t->bucket[(hash >> 32) * t->buckets >> 32];
}

/* To be there when it is looked at. */
static inline void
gram_table_prefetch(const struct gram_table *t, uint64_t hash)
{
	__builtin_prefetch(gram_table_bucket(t, hash));
}

/* What an entry says; `hash` is not all in it, and left 0. */
static inline struct gram_place
gram_table_place(uint64_t entry)
{
	return (
	    struct gram_place){ .offset = (uint32_t)(entry >> OFFSET_AT) & OFFSETS_MAX,
		.rank = (uint32_t)(entry >> RANK_AT) & (RANKS_MAX - 1) };
}

/*
 * 1: what the entry stands for is certainly not where the gram of this hash was found,
 * at p; the text goes from p - LATE_BEFORE up to p + LATE_BEHIND + GRAM_WIDE.
 */
static inline unsigned
gram_table_differs(uint64_t entry, uint64_t hash, const char *p)
{
	const char *late = p + (entry >> LATE_BITS & 0x7F) - LATE_BEFORE;
	uint64_t other = (entry >> CHECK_AT) ^ gram_check(hash);

	return (other | (uint16_t)(gram_late(late) ^ entry)) != 0;
}

/*
 * The highest bit of byte i: entry i of the bucket may be the gram's.  All tags are
 * compared at once: a byte without its highest bit is a tag's that differs, and
 * carries into that bit unless it is 0.
 */
static inline uint64_t
gram_bucket_like(const struct gram_bucket *bucket, uint64_t hash)
{
	const uint64_t ones = UINT64_MAX / 0xFF, most = ones * 0x7F;
	uint64_t other = bucket->tags ^ ones * gram_tag(hash);

	return ~(((other & most) + most) | other | most);
}

/* How many entries there are, but in a bucket whose entries are elsewhere. */
static inline unsigned
gram_bucket_count(const struct gram_bucket *bucket)
{
	return bucket->tags == 0
		   ? 0
		   : (63u - (unsigned)__builtin_clzll(bucket->tags)) / TAG_BITS + 1;
}

/* Which entry the lowest bit of that is; with none, the first. */
static inline unsigned
gram_bucket_first(uint64_t like)
{
	return like == 0 ? 0 : (unsigned)__builtin_ctzll(like) / TAG_BITS;
}

#endif
