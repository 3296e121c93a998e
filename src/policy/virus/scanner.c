/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/virus/scanner.h"

#include <stdlib.h>

enum { AHEAD = 16 }; /* memory is asked for so many grams before it is used */

static bool
within_limits(const struct slice *patterns, size_t count)
{
	if (count > SIGNATURES_MOST)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (patterns[i].len < SIGNATURE_SHORTEST ||
		    patterns[i].len > SIGNATURE_LONGEST)
			return false;
	}
	return true;
}

static int
by_bytes_then_index(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	int order = memcmp(x->ptr, y->ptr, x->len < y->len ? x->len : y->len);

	if (order != 0)
		return order;
	if (x->len != y->len)
		return x->len < y->len ? -1 : 1;
	return x->index < y->index ? -1 : 1;
}

static bool
begins_with(const struct ranked *whole, const struct ranked *beginning)
{
	return beginning->len <= whole->len &&
	       memcmp(whole->ptr, beginning->ptr, beginning->len) == 0;
}

/*
 * Sorts, and leaves out what can never be the hit: a pattern that begins with
 * another, which then stands before it, or that is equal to an earlier one.
 */
static uint32_t
sort_by_bytes(struct ranked *ranked, const struct slice *patterns, size_t count)
{
	uint32_t kept = 0;

	for (size_t i = 0; i < count; i++)
		ranked[i] = (struct ranked){ .ptr = patterns[i].ptr,
			.len = (uint32_t)patterns[i].len,
			.index = (uint32_t)i };
	if (count > 1)
		qsort(ranked, count, sizeof *ranked, by_bytes_then_index);
	for (size_t i = 0; i < count; i++) {
		if (kept == 0 || !begins_with(&ranked[i], &ranked[kept - 1]))
			ranked[kept++] = ranked[i];
	}
	return kept;
}

static struct slice
slice_at(const struct scanner *s, uint32_t rank)
{
	return (struct slice){ s->ranked[rank].ptr, s->ranked[rank].len };
}

/* Stride and anchors; lookback is the largest offset that follows from them. */
static bool
choose_grams(struct scanner *s)
{
	struct gram_census census = { 0 };
	size_t shortest = SIGNATURE_LONGEST;

	for (uint32_t i = 0; i < s->count; i++)
		shortest = s->ranked[i].len < shortest ? s->ranked[i].len : shortest;
	s->stride = anchor_stride(shortest);
	if (!gram_census_init(&census, s->count))
		return false;
	for (uint32_t i = 0; i < s->count; i++)
		gram_census_add(&census, slice_at(s, i));
	for (uint32_t i = 0; i < s->count; i++) {
		struct ranked *r = &s->ranked[i];

		r->anchor = anchor_choose(&census, slice_at(s, i), s->stride);
		if (r->anchor + s->stride - 1 > s->lookback)
			s->lookback = r->anchor + s->stride - 1;
	}
	gram_census_clear(&census);
	return true;
}

/* Gram number i of all: each signature has `stride` of them. */
static struct gram_place
place(const void *self, size_t i)
{
	const struct scanner *s = self;
	uint32_t rank = (uint32_t)(i / s->stride);
	uint32_t offset = s->ranked[rank].anchor + (uint32_t)(i % s->stride);

	return (
	    struct gram_place){ gram_hash(s->ranked[rank].ptr + offset), offset, rank };
}

static bool
build(struct scanner *s)
{
	struct gram_source source = { place, s, (size_t)s->count * s->stride };

	if (!gram_filter_init(&s->filter, source.count) ||
	    !gram_table_init(&s->table, &source))
		return false;
	for (size_t i = 0; i < source.count; i++) {
		size_t ahead = i + AHEAD < source.count ? i + AHEAD : i;

		gram_filter_prefetch(&s->filter, place(s, ahead).hash);
		gram_filter_add(&s->filter, place(s, i).hash);
	}
	return true;
}

struct scanner *
scanner_new(const struct slice *patterns, size_t count)
{
	if (!within_limits(patterns, count))
		return NULL;
	struct scanner *s = calloc(1, sizeof *s);
	if (s == NULL)
		return NULL;
	s->ranked = malloc((count + 1) * sizeof *s->ranked);
	if (s->ranked == NULL)
		goto fail;
	s->count = sort_by_bytes(s->ranked, patterns, count);
	if (!choose_grams(s) || !build(s))
		goto fail;
	return s;
fail:
	scanner_free(s);
	return NULL;
}

void
scanner_free(struct scanner *s)
{
	if (s == NULL)
		return;
	gram_filter_clear(&s->filter);
	gram_table_clear(&s->table);
	free(s->ranked);
	free(s);
}

size_t
scanner_bytes(const struct scanner *s)
{
	return sizeof *s + (size_t)s->count * sizeof *s->ranked +
	       (s->filter.mask + 1) * sizeof *s->filter.word +
	       gram_table_bytes(&s->table);
}
