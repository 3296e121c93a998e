/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every way to go over a text stops at the same look: the first whose gram the
 * filter has, looked at one by one.
 *
 * The input: one byte, the width of a gram and the stride; one byte, how many
 * grams of the text the filter gets; for each a byte, where it stands; the rest
 * is the text.
 */
#include "policy/virus/gram_filter.h"

#include "t/fuzz/fuzz.h"

enum { STRIDES = 64, ADDED = 16 };

static struct gram_shape
take_shape(struct slice *in)
{
	uint8_t byte = fuzz_take_byte(in);
	unsigned width = byte & 1 ? GRAM_NARROW : GRAM_WIDE;
	unsigned stride =
	    byte & 2 ? width << (byte >> 2 & 1) : 1u + (byte >> 2) % STRIDES;

	return (struct gram_shape){ width, stride };
}

static size_t
look_by_look(const struct gram_filter *f, struct slice text)
{
	size_t at = 0;

	while (at + f->shape.width <= text.len &&
	       gram_filter_has(f, gram_at(text.ptr + at, f->shape.width)) == 0)
		at += f->shape.stride;
	return at;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = fuzz_slice(data, size);
	struct gram_shape shape = take_shape(&in);
	size_t added = fuzz_take_byte(&in) % ADDED;
	struct slice text = slice_from(in, added < in.len ? added : in.len);
	struct gram_filter f = { 0 };

	if (text.len < shape.width)
		return 0;
	FUZZ_ASSERT(gram_filter_init(&f, shape, added));
	for (size_t i = 0; i < added; i++) {
		size_t at = (uint8_t)in.ptr[i] % (text.len - shape.width + 1);

		gram_filter_add(&f, gram_at(text.ptr + at, shape.width));
	}
	size_t want = look_by_look(&f, text), last = text.len - shape.width;
	for (size_t way = 0; way < gram_ways_count; way++) {
		if (!gram_ways[way]->serves(shape))
			continue;
		size_t got = gram_ways[way]->walk(&f, text.ptr, last);
		FUZZ_ASSERT(want > last ? got > last : got == want);
	}
	gram_filter_clear(&f);
	return 0;
}
