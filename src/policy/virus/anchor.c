/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/virus/anchor.h"

#include <assert.h>
#include <stdlib.h>

#include "policy/virus/gram.h"
#include "policy/virus/gram_table.h"

static_assert((int)LOOKBACK_MAX <= (int)OFFSETS_MAX, "an offset must fit into the table");

enum {
	CELLS_LEAST = 1 << 8,
	CELLS_MOST = 1 << 20,
	SEEN_MAX = 255,
	KINDS_OF_DULL = 3,
	/* What a look that passes the filter costs, in candidates of a group. */
	DULL = 64, /* eight bytes of at most three kinds */
	WORD = 8,  /* small letters and blanks only: a word of some language */
};

unsigned
anchor_stride(size_t shortest)
{
	unsigned stride = STRIDE_MAX;

	while (stride > 1 && stride + GRAM - 1 > shortest)
		stride /= 2;
	return stride;
}

/* Offsets that a row of `stride` grams covers at most, from the front. */
static size_t
grams_of(struct slice pattern)
{
	size_t most = LOOKBACK_MAX;
	size_t grams = pattern.len - GRAM + 1;

	return grams < most ? grams : most;
}

static uint8_t *
seen(const struct gram_census *c, const char *p)
{
	return &c->seen[gram_hash(p) >> 44 & c->mask];
}

bool
gram_census_init(struct gram_census *c, size_t signatures)
{
	size_t cells = CELLS_LEAST;

	while (cells < CELLS_MOST && cells / LOOKBACK_MAX < signatures)
		cells *= 2;
	c->mask = cells - 1;
	c->seen = calloc(cells, sizeof *c->seen);
	return c->seen != NULL;
}

void
gram_census_add(struct gram_census *c, struct slice pattern)
{
	for (size_t at = 0; at < grams_of(pattern); at++) {
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
is_dull(const char *p)
{
	char kind[KINDS_OF_DULL] = { 0 };
	size_t kinds = 0;

	for (size_t i = 0; i < GRAM; i++) {
		size_t k = 0;

		while (k < kinds && kind[k] != p[i])
			k++;
		if (k == KINDS_OF_DULL)
			return false;
		if (k == kinds)
			kind[kinds++] = p[i];
	}
	return true;
}

static bool
is_word(const char *p)
{
	for (size_t i = 0; i < GRAM; i++) {
		if (p[i] != ' ' && (p[i] < 'a' || p[i] > 'z'))
			return false;
	}
	return true;
}

static unsigned
cost(const struct gram_census *c, const char *p)
{
	unsigned sum = *seen(c, p);

	if (is_dull(p))
		sum += DULL;
	else if (is_word(p))
		sum += WORD;
	return sum;
}

unsigned
anchor_choose(const struct gram_census *c, struct slice pattern, unsigned stride)
{
	size_t grams = grams_of(pattern);
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
		if (sum < least) {
			least = sum;
			best = (unsigned)at;
		}
	}
	return best;
}
