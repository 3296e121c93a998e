/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/virus/shape.h"

#include "policy/virus/gram_filter.h"

enum {
	WIDE_LEAST = 16, /* a shorter stride is a narrow gram's */
	FEW = 32,        /* signatures whose nibbles tell enough */
	SAMPLE = 4096,   /* signatures that are looked at */
	SHARED = 1,      /* other places of a gram that are no trouble, or chance */
};

struct gram_shape
shape_longest(size_t shortest)
{
	size_t wide = shortest - GRAM_WIDE + 1;
	size_t narrow = shortest - GRAM_NARROW + 1;

	if (wide >= WIDE_LEAST)
		return (struct gram_shape){ GRAM_WIDE,
			wide > STRIDE_MAX ? STRIDE_MAX : (unsigned)wide };
	return (struct gram_shape){ GRAM_NARROW,
		narrow >= 2 * GRAM_NARROW ? 2 * GRAM_NARROW : GRAM_NARROW };
}

struct gram_shape
shape_shorter(struct gram_shape shape)
{
	if (shape.width == GRAM_NARROW)
		return (struct gram_shape){ GRAM_NARROW, GRAM_NARROW };
	if (shape.stride / 2 >= WIDE_LEAST)
		return (struct gram_shape){ GRAM_WIDE, shape.stride / 2 };
	return (struct gram_shape){ GRAM_NARROW, 2 * GRAM_NARROW };
}

/* For a gram in the rows of the sampled patterns, how many other places it has. */
static bool
measure(const struct slice *patterns, size_t count, struct gram_shape shape,
    double *ret_shared)
{
	struct gram_census census = { 0 };
	size_t step = count / SAMPLE + 1, sampled = 0, shared = 0;

	if (!gram_census_init(&census, shape, count < SAMPLE ? count : SAMPLE))
		return false;
	for (size_t i = 0; i < count; i += step)
		gram_census_add(&census, patterns[i]);
	for (size_t i = 0; i < count; i += step, sampled++)
		shared += anchor_shared(
		    &census, patterns[i], anchor_choose(&census, patterns[i]));
	gram_census_clear(&census);
	*ret_shared = (double)shared / (double)(sampled * shape.stride);
	return true;
}

static size_t
shortest_of(const struct slice *patterns, size_t count)
{
	size_t shortest = STRIDE_MAX + GRAM_WIDE;

	for (size_t i = 0; i < count; i++)
		shortest = patterns[i].len < shortest ? patterns[i].len : shortest;
	return shortest;
}

/* Shorter only as long as it at least halves what is shared. */
static bool
shorten(const struct slice *patterns, size_t count, struct gram_shape *ret)
{
	struct gram_shape shape = *ret;
	double shared = 0, less = 0;

	if (!measure(patterns, count, shape, &shared))
		return false;
	while (shared > SHARED && shape.stride > GRAM_NARROW) {
		shape = shape_shorter(shape);
		if (!measure(patterns, count, shape, &less))
			return false;
		if (less * 2 <= shared) {
			shared = less;
			*ret = shape;
		}
	}
	return true;
}

/*
 * Where the longest stride will not do, because signatures are short or alike, a
 * few of them are found the fastest by a look at every byte, in 32 lanes.
 */
bool
shape_choose(const struct slice *patterns, size_t count, struct gram_shape *ret)
{
	static const struct gram_shape every = { GRAM_NARROW, 1 };
	struct gram_shape longest = shape_longest(shortest_of(patterns, count));

	*ret = longest;
	if (count == 0)
		return true;
	if (!shorten(patterns, count, ret))
		return false;
	if (count <= FEW && gram_way_nibbles.serves(every) &&
	    (longest.stride == GRAM_NARROW || ret->stride < longest.stride))
		*ret = every;
	return true;
}
