/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/virus/anchor.h"

#include <stdlib.h>

enum {
	CELLS_LEAST = 1 << 8,
	CELLS_MOST = 1 << 20,
	SEEN_MAX = 255,
	KINDS_OF_DULL = 3,
	/* What a look that passes the filter costs, in candidates of a group. */
	DULL = 64, /* eight bytes of at most three kinds, or four of one */
	WORD = 8,  /* small letters and blanks only: a word of some language */
};

/* Offsets that a row of grams covers at most, from the front. */
static size_t
grams_of(struct slice pattern, unsigned width)
{
	size_t most = LOOKBACK_MAX;
	size_t grams = pattern.len - width + 1;

	return grams < most ? grams : most;
}

static uint8_t *
seen(const struct gram_census *c, const char *p)
{
	return &c->seen[gram_hash(gram_at(p, c->shape.width)) >> 40 & c->mask];
}

bool
gram_census_init(struct gram_census *c, struct gram_shape shape, size_t signatures)
{
	size_t cells = CELLS_LEAST;

	c->shape = shape;
	while (cells < CELLS_MOST && cells / LOOKBACK_MAX < signatures)
		cells *= 2;
	c->mask = cells - 1;
	c->seen = calloc(cells, sizeof *c->seen);
	return c->seen != NULL;
}

void
gram_census_add(struct gram_census *c, struct slice pattern)
{
	for (size_t at = 0; at < grams_of(pattern, c->shape.width); at++) {
		uint8_t *cell = seen(c, pattern.ptr + at);

		*cell = (uint8_t)(*cell + (*cell < SEEN_MAX));
	}
}

void
gram_census_clear(struct gram_census *c)
{
	free(c->seen);
	c->seen = NULL;
}

static bool
is_dull(const char *p, unsigned width)
{
	char kind[KINDS_OF_DULL] = { 0 };
	size_t kinds = 0, dull = width == GRAM_NARROW ? 1 : KINDS_OF_DULL;

	for (size_t i = 0; i < width; i++) {
		size_t k = 0;

		while (k < kinds && kind[k] != p[i])
			k++;
		if (k == dull)
			return false;
		if (k == kinds)
			kind[kinds++] = p[i];
	}
	return true;
}

static bool
is_word(const char *p, unsigned width)
{
	for (size_t i = 0; i < width; i++) {
		if (p[i] != ' ' && (p[i] < 'a' || p[i] > 'z'))
			return false;
	}
	return true;
}

static unsigned
cost(const struct gram_census *c, const char *p)
{
	unsigned sum = *seen(c, p);

	if (is_dull(p, c->shape.width))
		sum += DULL;
	else if (is_word(p, c->shape.width))
		sum += WORD;
	return sum;
}

unsigned
anchor_choose(const struct gram_census *c, struct slice pattern)
{
	unsigned stride = c->shape.stride;
	size_t grams = grams_of(pattern, c->shape.width);
	unsigned sum = 0, best = 0;

	/* With little to choose from, looking for the best costs more than it gains. */
	if (grams < stride + stride / 4 + 1)
		return 0;
	for (size_t at = 0; at < stride; at++)
		sum += cost(c, pattern.ptr + at);
	unsigned least = sum;
	for (size_t at = 1; at + stride <= grams; at++) {
		sum -= cost(c, pattern.ptr + at - 1);
		sum += cost(c, pattern.ptr + at + stride - 1);
		if (sum < least ||
		    (stride == 1 && sum == least)) { /* late, if it is free */
			least = sum;
			best = (unsigned)at;
		}
	}
	return best;
}

unsigned
anchor_shared(const struct gram_census *c, struct slice pattern, unsigned anchor)
{
	unsigned shared = 0;

	for (unsigned i = 0; i < c->shape.stride; i++)
		shared += *seen(c, pattern.ptr + anchor + i) - 1u;
	return shared;
}
