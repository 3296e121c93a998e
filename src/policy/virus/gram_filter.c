/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/virus/gram_filter.h"

#include <stdlib.h>

enum {
	BITS_PER_WIDE = 20, /* about one wrong "perhaps" in 300 looks */
	BITS_PER_NARROW = 48,
	BITS_LEAST = 18, /* log2: 32 KiB, the first cache */
	BITS_MOST = 28,  /* 32 MiB */
	NARROW_BITS_MOST = 24,
	CACHE_LINE = 64,
	AHEAD = 4096, /* bytes of text */
};

/* log2 of how many bits there are. */
static unsigned
size_for(struct gram_shape shape, size_t grams)
{
	unsigned most = shape.width == GRAM_NARROW ? NARROW_BITS_MOST : BITS_MOST;
	size_t each = shape.width == GRAM_NARROW ? BITS_PER_NARROW : BITS_PER_WIDE;
	unsigned bits = BITS_LEAST;

	while (bits < most && (size_t)1 << bits < grams * each)
		bits++;
	return bits;
}

bool
gram_filter_init(struct gram_filter *f, struct gram_shape shape, size_t grams)
{
	unsigned bits = size_for(shape, grams);

	*f = (struct gram_filter){ .shape = shape };
	if (shape.width == GRAM_NARROW) {
		f->shift = 32 - (bits - 5);
		f->narrow = calloc((size_t)1 << (bits - 5), sizeof *f->narrow);
	} else {
		f->shift = 64 - (bits - 6);
		f->wide = calloc((size_t)1 << (bits - 6), sizeof *f->wide);
	}
	size_t way = 0;
	while (!gram_ways[way]->serves(shape))
		way++;
	f->next = gram_ways[way]->walk;
	return f->wide != NULL;
}

/* How many grams have their nibbles in one set, with `gram` and without. */
struct volume {
	uint64_t with, without;
};

static struct volume
volume_of(const struct gram_filter *f, uint8_t set, uint32_t gram)
{
	struct volume v = { 1, 1 };

	for (unsigned i = 0; i < 2 * GRAM_NARROW; i++) {
		unsigned values = 0;

		for (unsigned nibble = 0; nibble < 16; nibble++)
			values += (f->nibble[i][nibble] & set) != 0;
		v.without *= values;
		v.with *= values + ((f->nibble[i][gram >> 4 * i & 15] & set) == 0);
	}
	return v;
}

/*
 * Eight sets of grams; a nibble of a set's grams has the set's bit.  A gram goes
 * to the set that then passes the least more of other grams: an empty one, or
 * one whose grams are like it.
 */
static void
add_nibbles(struct gram_filter *f, uint32_t gram)
{
	uint64_t least = UINT64_MAX;
	uint8_t best = 1;

	for (unsigned set = 1; set < 256; set *= 2) {
		struct volume v = volume_of(f, (uint8_t)set, gram);

		if (v.with - v.without < least) {
			least = v.with - v.without;
			best = (uint8_t)set;
		}
	}
	for (unsigned i = 0; i < 2 * GRAM_NARROW; i++)
		f->nibble[i][gram >> 4 * i & 15] |= best;
}

void
gram_filter_add(struct gram_filter *f, uint64_t gram)
{
	uint64_t hash = gram_hash(gram);
	uint64_t place = gram_filter_place(f, gram);

	if (f->shape.width == GRAM_NARROW) {
		uint32_t bits = narrow_hash((uint32_t)gram) >> (f->shift - NARROW_BITS);

		if (f->shape.stride == 1)
			add_nibbles(f, (uint32_t)gram);
		f->narrow[place] |= UINT32_C(1) << (bits & 31) | UINT32_C(1)
								     << (bits >> 5 & 31);
		return;
	}
	f->wide[place] |= UINT64_C(1) << (hash >> 34 & 63) |
			  UINT64_C(1) << (hash >> 28 & 63) |
			  UINT64_C(1) << (hash >> 22 & 63);
}

void
gram_filter_clear(struct gram_filter *f)
{
	free(f->wide);
	*f = (struct gram_filter){ 0 };
}

size_t
gram_filter_bytes(const struct gram_filter *f)
{
	if (f->wide == NULL)
		return 0;
	return f->shape.width == GRAM_NARROW ? sizeof *f->narrow << (32 - f->shift)
					     : sizeof *f->wide << (64 - f->shift);
}

/*
 * Four looks at a time: their loads do not wait for one another, and one
 * branch that is nearly never taken serves all four.  With a stride of a cache
 * line the processor sees too few loads in advance to keep memory busy by
 * itself, so text is asked for ahead, into the second cache: the first belongs to
 * the filter.  Beyond the end that does no harm.
 */
static inline size_t
walk(const struct gram_filter *f, const char *p, size_t last, unsigned width,
    size_t stride)
{
	struct gram_filter g = *f; /* so that it stays in registers */
	size_t at = 0;

	g.shape.width = width;
	if (gram_filter_has(&g, gram_at(p, width)) != 0)
		return 0;
	for (; at + 3 * stride <= last; at += 4 * stride) {
		for (size_t line = 0; line < 4 * stride; line += CACHE_LINE)
			__builtin_prefetch(
			    (const void *)((uintptr_t)p + at + line + AHEAD), 0, 2);
		unsigned a = gram_filter_has(&g, gram_at(p + at, width));
		unsigned b = gram_filter_has(&g, gram_at(p + at + stride, width));
		unsigned c = gram_filter_has(&g, gram_at(p + at + 2 * stride, width));
		unsigned d = gram_filter_has(&g, gram_at(p + at + 3 * stride, width));

		if ((a | b | c | d) != 0)
			break;
	}
	while (at <= last && gram_filter_has(&g, gram_at(p + at, width)) == 0)
		at += stride;
	return at;
}

/* The usual stride as a constant: measured, a tenth faster. */
static size_t
walk_lines(const struct gram_filter *f, const char *p, size_t last)
{
	return walk(f, p, last, GRAM_WIDE, CACHE_LINE);
}

static size_t
walk_any(const struct gram_filter *f, const char *p, size_t last)
{
	return f->shape.width == GRAM_NARROW
		   ? walk(f, p, last, GRAM_NARROW, f->shape.stride)
		   : walk(f, p, last, GRAM_WIDE, f->shape.stride);
}

static bool
serves_lines(struct gram_shape shape)
{
	return shape.width == GRAM_WIDE && shape.stride == CACHE_LINE;
}

static bool
serves_any(struct gram_shape shape)
{
	(void)shape;
	return true;
}

static const struct gram_way lines = { "a look in each cache line", walk_lines,
	serves_lines };
static const struct gram_way any = { "plain", walk_any, serves_any };

const struct gram_way *const gram_ways[] = { &gram_way_avx2, &gram_way_nibbles, &lines,
	&any };
const size_t gram_ways_count = sizeof gram_ways / sizeof gram_ways[0];
