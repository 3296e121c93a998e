/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/virus/gram_table.h"

#include <stdlib.h>

enum {
	BUCKETS_LEAST = 64,
	AHEAD = 16,        /* memory is asked for so many grams before it is used */
	SMALL_BUCKET = 16, /* entries that are sorted by hand */
};

/*
 * An entry is one number, so that sorting groups it: bits of the hash that neither
 * bucket nor tag tell (8), the offset (9), the rank (24), where late bytes are (7)
 * and what they are (16).
 */
static uint64_t
check_of(uint64_t hash)
{
	return gram_check(hash) << CHECK_AT;
}

static uint64_t
entry_of(struct gram_place p)
{
	return check_of(p.hash) | (uint64_t)p.offset << OFFSET_AT |
	       (uint64_t)p.rank << RANK_AT |
	       (uint64_t)(p.late_at + LATE_BEFORE) << LATE_BITS | p.late;
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

static size_t
bucket_of(const struct gram_table *t, uint64_t hash)
{
	return (size_t)(gram_table_bucket(t, hash) - t->bucket);
}

/* The bucket of the gram that is entered a few grams after number i. */
static size_t
bucket_ahead(const struct gram_table *t, const struct gram_source *source, size_t i)
{
	size_t ahead = i + AHEAD < source->count ? i + AHEAD : i;

	return bucket_of(t, source->hash(source->self, ahead));
}

/* How many entries each bucket has; such as cannot be told apart early are too many. */
static void
count(const struct gram_table *t, const struct gram_source *source, uint32_t *counts)
{
	for (size_t i = 0; i < source->count; i++) {
		struct gram_place p = source->place(source->self, i);

		__builtin_prefetch(&counts[bucket_ahead(t, source, i)], 1);
		counts[bucket_of(t, p.hash)] += p.spare     ? 0
						: p.no_late ? BUCKET_ROOM + 1
							    : 1;
	}
}

/* All buckets are made empty, or sent elsewhere. */
static bool
make_room(struct gram_table *t, const uint32_t *counts)
{
	for (uint32_t b = 0; b < t->buckets; b++) {
		t->bucket[b] = (struct gram_bucket){ 0 };
		if (counts[b] <= BUCKET_ROOM)
			continue;
		t->bucket[b].tags = GRAM_ELSEWHERE;
		t->bucket[b].entry[0] = t->bucket[b].entry[1] = t->elsewhere;
		t->elsewhere += counts[b];
	}
	t->more = malloc((t->elsewhere + 1) * sizeof *t->more);
	return t->more != NULL;
}

/* Where it belongs in the order; what is behind moves on, and its tags with it. */
static void
insert(struct gram_bucket *bucket, uint64_t entry, uint64_t tag)
{
	unsigned at = gram_bucket_count(bucket);

	for (; at > 0 && bucket->entry[at - 1] > entry; at--)
		bucket->entry[at] = bucket->entry[at - 1];
	bucket->entry[at] = entry;
	uint64_t before = (UINT64_C(1) << TAG_BITS * at) - 1;
	bucket->tags = (bucket->tags & before) | tag << TAG_BITS * at |
		       (bucket->tags & ~before) << TAG_BITS;
}

static void
fill(struct gram_table *t, const struct gram_source *source)
{
	for (size_t i = 0; i < source->count; i++) {
		struct gram_place p = source->place(source->self, i);
		struct gram_bucket *bucket = &t->bucket[bucket_of(t, p.hash)];

		__builtin_prefetch(&t->bucket[bucket_ahead(t, source, i)], 1);
		if (p.spare)
			continue;
		if (bucket->tags == GRAM_ELSEWHERE)
			t->more[bucket->entry[1]++] = entry_of(p);
		else
			insert(bucket, entry_of(p), gram_tag(p.hash));
	}
	for (uint32_t b = 0; b < t->buckets; b++) {
		const uint64_t *entry = t->bucket[b].entry;

		if (t->bucket[b].tags == GRAM_ELSEWHERE)
			sort_entries(t->more + entry[0], entry[1] - entry[0]);
	}
}

/*
 * Entries of a bucket, on an average: with three few buckets have too many, and a
 * small table can do better; of a million entries less than a cache line for each
 * three is to be spent.
 */
static size_t
load(size_t entries)
{
	static const struct {
		size_t entries, load;
	} most[] = { { 1 << 12, 1 }, { 1 << 20, 3 }, { SIZE_MAX, 5 } };
	size_t i = 0;

	while (entries > most[i].entries)
		i++;
	return most[i].load;
}

bool
gram_table_init(struct gram_table *t, const struct gram_source *source)
{
	size_t buckets = source->count / load(source->count) + BUCKETS_LEAST;

	*t = (struct gram_table){ .buckets = (uint32_t)buckets };
	t->bucket =
	    aligned_alloc(_Alignof(struct gram_bucket), buckets * sizeof *t->bucket);
	uint32_t *counts = calloc(buckets, sizeof *counts);
	if (t->bucket != NULL && counts != NULL) {
		count(t, source, counts);
		if (make_room(t, counts))
			fill(t, source);
	}
	free(counts);
	if (t->more == NULL)
		gram_table_clear(t);
	return t->more != NULL;
}

void
gram_table_clear(struct gram_table *t)
{
	free(t->bucket);
	free(t->more);
	*t = (struct gram_table){ 0 };
}

size_t
gram_table_bytes(const struct gram_table *t)
{
	return t->buckets * sizeof *t->bucket + t->elsewhere * sizeof *t->more;
}

/* The first entry in [at, end) that is not less than `least`. */
static const uint64_t *
lower_bound(const uint64_t *at, const uint64_t *end, uint64_t least)
{
	while (at < end) {
		const uint64_t *middle = at + (end - at) / 2;

		if (*middle < least)
			at = middle + 1;
		else
			end = middle;
	}
	return at;
}

/* All entries of a bucket: at up to end[-1]. */
static struct gram_group
whole(const struct gram_table *t, const struct gram_bucket *bucket)
{
	const uint64_t *entry = bucket->entry;

	if (bucket->tags == GRAM_ELSEWHERE)
		return (struct gram_group){ t->more + entry[0], t->more + entry[1], 0 };
	return (struct gram_group){ entry, entry + gram_bucket_count(bucket), 0 };
}

/*
 * Most buckets hold a few entries, so the first of a gram is looked for one by
 * one, and so is the end of a group of one.
 */
bool
gram_table_next(const struct gram_table *t, uint64_t hash, struct gram_group *group)
{
	struct gram_group all = whole(t, gram_table_bucket(t, hash));
	uint64_t check = check_of(hash);
	const uint64_t *at = group->end;

	if (at == NULL)
		at = all.end - all.at <= SMALL_BUCKET
			 ? all.at
			 : lower_bound(all.at, all.end, check);
	while (at < all.end && *at < check)
		at++;
	if (at >= all.end || *at >> CHECK_AT != check >> CHECK_AT)
		return false;
	uint64_t beyond = ((*at >> OFFSET_AT) + 1) << OFFSET_AT;
	group->at = at;
	group->offset = gram_table_place(*at).offset;
	group->end = at + 1 == all.end || at[1] >= beyond
			 ? at + 1
			 : lower_bound(at + 1, all.end, beyond);
	return true;
}
