/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/virus/gram_table.h"

#include <stdlib.h>

enum {
	BUCKETS_LEAST = 1 << 10,
	BUCKETS_MOST = 1 << 21,
	SMALL_TABLE = 1 << 12, /* entries; then there are eight buckets for each */
	AHEAD = 16,            /* memory is asked for so many grams before it is used */
	SMALL_BUCKET = 16,     /* entries that are sorted by hand */
};

/*
 * An entry is one number, so that sorting groups it: bits of the hash that the
 * bucket does not tell (15), the offset (9), the rank (24), what is late (16).
 */
static uint64_t
check_of(uint64_t hash)
{
	return hash >> CHECK_AT << CHECK_AT;
}

static uint64_t
entry_of(struct gram_place p)
{
	return check_of(p.hash) | (uint64_t)p.offset << OFFSET_AT |
	       (uint64_t)p.rank << LATE_BITS | p.late;
}

static int
compare_entries(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void
sort_entries(uint64_t *entry, size_t n)
{
	if (n > SMALL_BUCKET) {
		qsort(entry, n, sizeof *entry, compare_entries);
		return;
	}
	for (size_t i = 1; i < n; i++) {
		uint64_t moving = entry[i];
		size_t at = i;

		for (; at > 0 && entry[at - 1] > moving; at--)
			entry[at] = entry[at - 1];
		entry[at] = moving;
	}
}

/* Where the number of entries of the gram's bucket is counted. */
static uint32_t *
count_of(struct gram_table *t, const struct gram_source *source, size_t i)
{
	size_t j = i < source->count ? i : source->count - 1;

	return &t->first[gram_table_bucket(t, source->place(source->self, j).hash) + 1];
}

/*
 * Counting sort into buckets.  While entries are placed, first[b + 1] is where
 * the next one of bucket b goes; when all are placed it is where b + 1 begins.
 */
static void
fill(struct gram_table *t, const struct gram_source *source)
{
	size_t buckets = t->mask + 1;
	uint32_t sum = 0;

	for (size_t i = 0; i < source->count; i++) {
		__builtin_prefetch(count_of(t, source, i + AHEAD), 1);
		if (!source->place(source->self, i).spare)
			++*count_of(t, source, i);
	}
	for (size_t b = 0; b < buckets; b++) {
		uint32_t n = t->first[b + 1];

		t->first[b + 1] = sum;
		sum += n;
	}
	for (size_t i = 0; i < source->count; i++) {
		struct gram_place p = source->place(source->self, i);

		__builtin_prefetch(count_of(t, source, i + 2 * AHEAD), 1);
		__builtin_prefetch(&t->entry[*count_of(t, source, i + AHEAD)], 1);
		if (!p.spare)
			t->entry[t->first[gram_table_bucket(t, p.hash) + 1]++] =
			    entry_of(p);
	}
	for (size_t b = 0; b < buckets; b++)
		sort_entries(t->entry + t->first[b], t->first[b + 1] - t->first[b]);
}

bool
gram_table_init(struct gram_table *t, const struct gram_source *source)
{
	size_t buckets = BUCKETS_LEAST;
	size_t want = source->count <= SMALL_TABLE ? 8 * source->count : source->count;

	while (buckets < BUCKETS_MOST && buckets < want)
		buckets *= 2;
	t->mask = buckets - 1;
	t->first = calloc(buckets + 1, sizeof *t->first);
	t->entry = calloc(source->count + 2, sizeof *t->entry); /* two more may be read */
	if (t->first == NULL || t->entry == NULL) {
		gram_table_clear(t);
		return false;
	}
	fill(t, source);
	return true;
}

void
gram_table_clear(struct gram_table *t)
{
	free(t->first);
	free(t->entry);
	*t = (struct gram_table){ 0 };
}

size_t
gram_table_bytes(const struct gram_table *t)
{
	return t->first == NULL ? 0
				: (t->mask + 2) * sizeof *t->first +
				      t->first[t->mask + 1] * sizeof *t->entry;
}

/* The first entry in [at, end) that is not less than `least`. */
static uint32_t
lower_bound(const struct gram_table *t, uint32_t at, uint32_t end, uint64_t least)
{
	while (at < end) {
		uint32_t middle = at + (end - at) / 2;

		if (t->entry[middle] < least)
			at = middle + 1;
		else
			end = middle;
	}
	return at;
}

/*
 * Most buckets hold one entry or none, so the first of a gram is looked for one
 * by one, and so is the end of a group of one.
 */
bool
gram_table_next(const struct gram_table *t, uint64_t hash, struct gram_group *group)
{
	size_t bucket = gram_table_bucket(t, hash);
	uint64_t check = check_of(hash);
	uint32_t end = t->first[bucket + 1];
	uint32_t at = group->end;

	if (at == 0)
		at = end - t->first[bucket] <= SMALL_BUCKET
			 ? t->first[bucket]
			 : lower_bound(t, t->first[bucket], end, check);
	while (at < end && t->entry[at] < check)
		at++;
	if (at >= end || check_of(t->entry[at]) != check)
		return false;
	uint64_t beyond = ((t->entry[at] >> OFFSET_AT) + 1) << OFFSET_AT;
	group->at = at;
	group->offset = (uint32_t)(t->entry[at] >> OFFSET_AT) & OFFSETS_MAX;
	group->end = at + 1 == end || t->entry[at + 1] >= beyond
			 ? at + 1
			 : lower_bound(t, at + 1, end, beyond);
	return true;
}
