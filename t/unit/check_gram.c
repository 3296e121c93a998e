/* SPDX-License-Identifier: BSD-2-Clause */
/* gram_filter, anchor and shape: parts under the scanner; its table is
 * check_gram_table's. */
#include "policy/virus/gram_filter.h"

#include "policy/virus/anchor.h"
#include "policy/virus/scanner.h"
#include "policy/virus/shape.h"
#include "t/unit/oracle.h"
#include "t/unit/runner.h"

enum { GRAMS = 50000 };

/* Each shape there is a way for, and some that only the plain one serves. */
static const struct gram_shape shapes[] = { { 8, 64 }, { 8, 32 }, { 8, 16 }, { 8, 23 },
	{ 4, 8 }, { 4, 4 }, { 4, 1 }, { 8, 1 } };

/* All different, as wide as they come; those from GRAMS on are not in the filter. */
static uint64_t
nth_number(size_t i)
{
	return i * 41 + UINT32_C(0x41414141);
}

START_TEST(filter_forgets_nothing_and_passes_little)
{
	static const size_t counts[] = { 0, 1, 100, GRAMS };

	for (size_t c = 0; c < COUNT(counts); c++) {
		struct gram_filter f = { 0 };
		size_t passed = 0;

		ck_assert(gram_filter_init(&f, shapes[_i], counts[c]));
		for (size_t i = 0; i < counts[c]; i++)
			gram_filter_add(&f, nth_number(i));
		for (size_t i = 0; i < counts[c]; i++)
			ck_assert(gram_filter_has(&f, nth_number(i)));
		for (size_t i = GRAMS; i < 2 * GRAMS; i++)
			passed += gram_filter_has(&f, nth_number(i));
		ck_assert_uint_le(passed, GRAMS / 50);
		gram_filter_clear(&f);
		gram_filter_clear(&f);
	}
}
END_TEST

/* Texts of every length up to some vectors, in a block of their own each. */
static void
expect_stops(const struct gram_filter *f, gram_walk *next, size_t len, size_t at)
{
	size_t stride = f->shape.stride, last = len - f->shape.width;
	char *text = malloc(len);

	ck_assert_ptr_nonnull(text);
	memset(text, 'x', len);
	if (at <= last)
		memcpy(text + at, "the gram", f->shape.width);
	size_t got = next(f, text, last);
	if (at <= last && at % stride == 0)
		ck_assert_uint_eq(got, at);
	else
		ck_assert_uint_gt(got, last);
	free(text);
}

START_TEST(every_way_stops_at_each_gram)
{
	enum { LONGEST = 700 };
	struct gram_shape shape = shapes[_i];
	struct gram_filter f = { 0 };

	ck_assert(gram_filter_init(&f, shape, 1));
	gram_filter_add(&f, gram_at("the gram", shape.width));
	for (size_t way = 0; way < gram_ways_count; way++) {
		if (!gram_ways[way]->serves(shape))
			continue;
		for (size_t at = 0; at <= LONGEST; at++)
			expect_stops(&f, gram_ways[way]->walk, LONGEST, at);
		for (size_t len = shape.width; len < 2 * LONGEST; len++)
			expect_stops(&f, gram_ways[way]->walk, len,
			    (len - shape.width) / shape.stride * shape.stride);
	}
	gram_filter_clear(&f);
}
END_TEST

/* Random text over few letters: all ways stop where a look one by one would. */
START_TEST(all_ways_agree)
{
	enum { LEN = 3000, ADDED = 40 };
	char *text = malloc(LEN);
	struct gram_shape shape = shapes[_i];
	struct gram_filter f = { 0 };
	uint64_t state = 14;

	for (size_t i = 0; i < LEN; i++)
		text[i] = "ab"[random_below(&state, 2)];
	ck_assert(gram_filter_init(&f, shape, ADDED));
	for (int i = 0; i < ADDED; i++)
		gram_filter_add(&f,
		    gram_at(text + random_below(&state, LEN - GRAM_MOST), shape.width));
	for (size_t from = 0; from < 100; from++) {
		size_t last = LEN - from - shape.width, want = 0;

		while (want <= last &&
		       !gram_filter_has(&f, gram_at(text + from + want, shape.width)))
			want += shape.stride;
		for (size_t way = 0; way < gram_ways_count; way++) {
			if (!gram_ways[way]->serves(shape))
				continue;
			size_t got = gram_ways[way]->walk(&f, text + from, last);
			ck_assert_uint_eq(got > last, want > last);
			ck_assert(want > last || got == want);
		}
	}
	gram_filter_clear(&f);
	free(text);
}
END_TEST

static const struct {
	size_t shortest;
	struct gram_shape shape;
} shape_row[] = { { 8, { 4, 4 } }, { 10, { 4, 4 } }, { 11, { 4, 8 } }, { 22, { 4, 8 } },
	{ 23, { 8, 16 } }, { 32, { 8, 25 } }, { 70, { 8, 63 } }, { 71, { 8, 64 } },
	{ 76, { 8, 64 } }, { 65536, { 8, 64 } } };

START_TEST(stride_leaves_a_row_of_grams)
{
	struct gram_shape shape = shape_longest(shape_row[_i].shortest);

	ck_assert_uint_eq(shape.width, shape_row[_i].shape.width);
	ck_assert_uint_eq(shape.stride, shape_row[_i].shape.stride);
	ck_assert_uint_le(shape.stride + shape.width - 1, shape_row[_i].shortest);
	for (int i = 0; i < 10; i++) {
		struct gram_shape less = shape_shorter(shape);

		ck_assert_uint_le(less.stride + less.width, shape.stride + shape.width);
		ck_assert(less.stride < shape.stride || less.stride == GRAM_NARROW);
		shape = less;
	}
	ck_assert_uint_eq(shape.stride, GRAM_NARROW);
}
END_TEST

/*
 * What all share is left out by a shorter stride; what is each one's own is not.
 * Few are then as well looked for at every byte, where the processor can.
 */
START_TEST(shared_bytes_shorten_the_stride)
{
	enum { SIGNATURES = 300, FEW = 23, LEN = 76, SHARED = 48 };
	static const struct {
		size_t shared, stride, stride_of_few;
		bool moving;
	} want[] = { { 0, 64, 64, false }, { SHARED, 16, 1, false },
		{ SHARED, 8, 1, true } };
	bool can = gram_way_nibbles.serves((struct gram_shape){ GRAM_NARROW, 1 });
	char *store = malloc((size_t)SIGNATURES * LEN);
	struct slice p[SIGNATURES];
	struct gram_shape shape;

	for (size_t w = 0; w < COUNT(want); w++) {
		uint64_t state = 48;

		for (size_t i = 0; i < (size_t)SIGNATURES * LEN; i++)
			store[i] = (char)('0' + random_below(&state, 75));
		for (size_t i = 0; i < SIGNATURES; i++) {
			p[i] = (struct slice){ store + i * LEN, LEN };
			memcpy(store + i * LEN + (want[w].moving ? i % 28 : 0),
			    "TVqQAAMAAAAEAAAA//8AALgAAAAAAAAAQAAAAAAAAAAAAAAA",
			    want[w].shared);
		}
		ck_assert(shape_choose(p, SIGNATURES, &shape));
		ck_assert_uint_eq(shape.stride, want[w].stride);
		ck_assert(shape_choose(p, FEW, &shape));
		if (can)
			ck_assert_uint_eq(shape.stride, want[w].stride_of_few);
	}
	free(store);
}
END_TEST

/* In a block of its own, so that a sanitizer sees a byte too much on either side. */
static unsigned
anchor_of(const char *text, unsigned stride, const char *const *others, size_t n)
{
	struct gram_census census = { 0 };
	struct slice pattern = { strndup(text, SIGNATURE_LONGEST), strlen(text) };

	ck_assert(gram_census_init(&census, (struct gram_shape){ 8, stride }, n + 1));
	for (size_t i = 0; i < n; i++)
		gram_census_add(&census, slice_of(others[i]));
	gram_census_add(&census, pattern);
	unsigned anchor = anchor_choose(&census, pattern);
	gram_census_clear(&census);
	free((char *)pattern.ptr);
	return anchor;
}

START_TEST(the_rare_row_is_chosen)
{
	static const char *const begins_alike[] = { "TVqQAAMAAAAEAAAA//8a1b2c",
		"TVqQAAMAAAAEAAAA//8d3e4f" };

	ck_assert_uint_eq(anchor_of("k7Qz9xW2pLm4", 4, NULL, 0), 0);
	/* behind the zeros */
	ck_assert_uint_ge(anchor_of("AAAAAAAAAAAAAAAAk7Qz9xW2pLm4", 4, NULL, 0), 11);
	/* behind words */
	ck_assert_uint_ge(
	    anchor_of("all information is in theK7Qz9xW2pL", 4, NULL, 0), 18);
	/* behind what others have too: the first gram that is its own ends at 19 */
	ck_assert_uint_ge(anchor_of("TVqQAAMAAAAEAAAA//8g5h6i", 4, begins_alike, 2), 12);
}
END_TEST

START_TEST(an_anchor_is_never_too_far)
{
	static char pattern[SIGNATURE_LONGEST];
	struct slice p = { pattern, sizeof pattern };

	memset(pattern, 'A', sizeof pattern);
	memcpy(pattern + 30000, "k7Qz9xW2pLm4Rb8TcV6y", 20);
	for (size_t i = 0; i < COUNT(shapes); i++) {
		struct gram_census census = { 0 };

		ck_assert(gram_census_init(&census, shapes[i], 1));
		gram_census_add(&census, p);
		ck_assert_uint_le(
		    anchor_choose(&census, p) + shapes[i].stride, LOOKBACK_MAX);
		gram_census_clear(&census);
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("gram");
	TCase *t = tcase_create("parts");

	tcase_add_loop_test(
	    t, filter_forgets_nothing_and_passes_little, 0, COUNT(shapes));
	tcase_add_loop_test(t, every_way_stops_at_each_gram, 0, COUNT(shapes));
	tcase_add_loop_test(t, all_ways_agree, 0, COUNT(shapes));
	tcase_add_loop_test(t, stride_leaves_a_row_of_grams, 0, COUNT(shape_row));
	tcase_add_test(t, shared_bytes_shorten_the_stride);
	tcase_add_test(t, the_rare_row_is_chosen);
	tcase_add_test(t, an_anchor_is_never_too_far);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
