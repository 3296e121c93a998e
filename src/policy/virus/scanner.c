/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/virus/scanner.h"

#include <assert.h>
#include <stdlib.h>

#include "policy/virus/shape.h"

static_assert((int)LOOKBACK_MAX <= (int)REPEATING &&
		  (int)REPEATING + (int)LOOKBACK_MAX <= (int)OFFSETS_MAX,
    "an offset of either kind must fit into the table");
static_assert((int)SIGNATURE_SHORTEST >= (int)LATE_BYTES, "late bytes are its own");
static_assert((int)LATE_BYTES - GRAM_NARROW <= (int)LATE_BEFORE &&
		  (int)LOOKBACK_MAX + (int)LATE_BYTES <= (int)RANKED_LONG + LATE_BEFORE,
    "no late bytes begin so far in front of a gram that the table cannot say it");

enum {
	AHEAD = 16,      /* memory is asked for so many grams before it is used */
	LARGE = 1 << 18, /* bytes of a table */
};

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

static struct slice
slice_at(const struct scanner *s, uint32_t rank)
{
	return (struct slice){ s->ranked[rank].ptr, s->ranked[rank].len };
}

/*
 * A signature that is a few bytes over and over has the same gram again a
 * period further on, so the last period of its row stands for the row: the look
 * tries the earliest place where it could begin, and then one period after the
 * other.  The gram holds the whole period, so few signatures can share it.
 */
static void
choose_row(struct ranked *r, const struct gram_census *census)
{
	unsigned stride = census->shape.stride;
	unsigned anchor = anchor_choose(census, (struct slice){ r->ptr, r->len });

	r->anchor = (uint8_t)anchor;
	r->grams = (uint8_t)stride;
	if (r->period == 0 || r->period >= stride || r->period > census->shape.width)
		return;
	r->grams = (uint8_t)r->period;
	r->late_at = LATE_NEVER; /* they depend on where it begins */
}

/* Anchors; lookback is the largest offset that follows from them. */
static bool
choose_grams(struct scanner *s)
{
	struct gram_census census = { 0 };

	if (!gram_census_init(&census, s->shape, s->count))
		return false;
	for (uint32_t i = 0; i < s->count; i++)
		gram_census_add(&census, slice_at(s, i));
	for (uint32_t i = 0; i < s->count; i++) {
		struct ranked *r = &s->ranked[i];

		choose_row(r, &census);
		if (r->anchor + s->shape.stride - 1 > s->lookback)
			s->lookback = r->anchor + s->shape.stride - 1;
	}
	gram_census_clear(&census);
	return true;
}

/* Gram number i of all: each signature has `stride` of them. */
static uint64_t
nth_gram(const struct scanner *s, size_t i)
{
	const struct ranked *r = &s->ranked[i / s->shape.stride];

	return gram_at(r->ptr + r->anchor + i % s->shape.stride, s->shape.width);
}

/*
 * What is compared before a signature is: its late bytes, if they are not too far
 * from the gram, and else what is as far from it as can be.
 */
static int
late_at(const struct ranked *r, uint32_t offset)
{
	int at = (int)r->late_at - (int)offset;

	return at < LATE_BEHIND ? at : LATE_BEHIND;
}

static uint64_t
nth_hash(const void *self, size_t i)
{
	return gram_hash(nth_gram(self, i));
}

static struct gram_place
place(const void *self, size_t i)
{
	const struct scanner *s = self;
	unsigned stride = s->shape.stride;
	uint32_t rank = (uint32_t)(i / stride), nth = (uint32_t)(i % stride);
	const struct ranked *r = &s->ranked[rank];
	uint32_t offset = r->anchor + nth;
	struct gram_place p = { .hash = gram_hash(nth_gram(s, i)),
		.offset = offset,
		.rank = rank,
		.no_late = r->late_at == LATE_NEVER };

	if (p.no_late) {
		p.offset += REPEATING;
		p.spare = nth + r->grams < stride;
		return p;
	}
	p.late_at = late_at(r, offset);
	p.late = gram_late(r->ptr + (int)offset + p.late_at);
	return p;
}

static bool
build(struct scanner *s)
{
	struct gram_source source = { place, nth_hash, s,
		(size_t)s->count * s->shape.stride };

	if (!gram_filter_init(&s->filter, s->shape, source.count) ||
	    !gram_table_init(&s->table, &source))
		return false;
	for (size_t i = 0; i < source.count; i++) {
		size_t ahead = i + AHEAD < source.count ? i + AHEAD : i;

		gram_filter_prefetch(&s->filter, nth_gram(s, ahead));
		gram_filter_add(&s->filter, nth_gram(s, i));
	}
	s->is_large = gram_table_bytes(&s->table) > LARGE;
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
	if (s->ranked == NULL || !shape_choose(patterns, count, &s->shape) ||
	    !ranked_sort(s->ranked, patterns, count, &s->count) || !choose_grams(s) ||
	    !build(s)) {
		scanner_free(s);
		return NULL;
	}
	return s;
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
	       gram_filter_bytes(&s->filter) + gram_table_bytes(&s->table);
}
