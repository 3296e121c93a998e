/* SPDX-License-Identifier: BSD-2-Clause */
/* gram, gram_table and anchor: the parts under the scanner. */
#include "policy/virus/gram_table.h"

#include <stdio.h>

#include "policy/virus/anchor.h"
#include "policy/virus/scanner.h"
#include "t/unit/runner.h"

enum { GRAMS = 50000 };

/* Gram number i, all different. */
static const char *
nth_gram(size_t i, char gram[GRAM + 1])
{
	char number[24];

	(void)snprintf(number, sizeof number, "%08zu", i * 7);
	memcpy(gram, number, GRAM + 1);
	return gram;
}

START_TEST(filter_forgets_nothing_and_passes_little)
{
	static const size_t counts[] = { 0, 1, 100, GRAMS };
	char gram[GRAM + 1];

	for (size_t c = 0; c < COUNT(counts); c++) {
		struct gram_filter f = { 0 };
		size_t passed = 0;

		ck_assert(gram_filter_init(&f, counts[c]));
		for (size_t i = 0; i < counts[c]; i++)
			gram_filter_add(&f, gram_hash(nth_gram(i, gram)));
		for (size_t i = 0; i < counts[c]; i++)
			ck_assert(gram_filter_has(&f, gram_hash(nth_gram(i, gram))));
		for (size_t i = GRAMS; i < 2 * GRAMS; i++)
			passed += gram_filter_has(&f, gram_hash(nth_gram(i, gram)));
		ck_assert_uint_le(passed, GRAMS / 100);
		gram_filter_clear(&f);
		gram_filter_clear(&f);
	}
}
END_TEST

START_TEST(filter_next_stops_at_each_gram)
{
	static const size_t strides[] = { 1, 2, 8, 64 };
	char text[1000];
	struct gram_filter f = { 0 };

	ck_assert(gram_filter_init(&f, 1));
	gram_filter_add(&f, gram_hash("the gram"));
	for (size_t s = 0; s < COUNT(strides); s++) {
		size_t stride = strides[s];

		for (size_t at = 0; at <= sizeof text - GRAM; at++) {
			memset(text, 'x', sizeof text);
			memcpy(text + at, "the gram", GRAM);
			size_t got =
			    gram_filter_next(&f, text, sizeof text - GRAM, stride);
			if (at % stride == 0)
				ck_assert_uint_eq(got, at);
			else
				ck_assert_uint_gt(got, sizeof text - GRAM);
		}
	}
	gram_filter_clear(&f);
}
END_TEST

/* Ten thousand signatures that share a gram at two offsets, and some others. */
static struct gram_place
shared_place(const void *self, size_t i)
{
	char gram[GRAM + 1];
	uint32_t rank = (uint32_t)(i / 3);

	(void)self;
	if (i % 3 < 2)
		return (struct gram_place){ gram_hash("SHAREDXX"),
			10 + (uint32_t)(i % 3) * 40, rank };
	return (struct gram_place){ gram_hash(nth_gram(rank, gram)), 5, rank };
}

/* A chain of 20,000 entries would be 20,000 steps; groups make it two. */
START_TEST(shared_grams_are_groups_not_chains)
{
	struct gram_source source = { shared_place, NULL, 30000 };
	struct gram_group g = { 0 };
	struct gram_table t;
	char gram[GRAM + 1];
	int groups = 0;

	ck_assert(gram_table_init(&t, &source));
	while (gram_table_next(&t, gram_hash("SHAREDXX"), &g)) {
		ck_assert_uint_eq(g.offset, groups == 0 ? 10 : 50);
		ck_assert_uint_eq(g.end - g.at, 10000);
		for (uint32_t i = g.at; i < g.end; i++)
			ck_assert_uint_eq(gram_table_rank(&t, i), i - g.at);
		groups++;
	}
	ck_assert_int_eq(groups, 2);
	for (uint32_t rank = 0; rank < 10000; rank++) {
		uint64_t hash = gram_hash(nth_gram(rank, gram));

		g = (struct gram_group){ 0 };
		ck_assert(gram_table_next(&t, hash, &g));
		ck_assert_uint_eq(g.end - g.at, 1);
		ck_assert_uint_eq(g.offset, 5);
		ck_assert_uint_eq(gram_table_rank(&t, g.at), rank);
		ck_assert(!gram_table_next(&t, hash, &g));
	}
	g = (struct gram_group){ 0 };
	ck_assert(!gram_table_next(&t, gram_hash("NOT HERE"), &g));
	gram_table_clear(&t);
}
END_TEST

START_TEST(an_empty_table_has_no_group)
{
	struct gram_source source = { shared_place, NULL, 0 };
	struct gram_group g = { 0 };
	struct gram_table t;

	ck_assert(gram_table_init(&t, &source));
	ck_assert(!gram_table_next(&t, gram_hash("SHAREDXX"), &g));
	gram_table_clear(&t);
	gram_table_clear(&t);
}
END_TEST

static const struct {
	size_t shortest;
	unsigned stride;
} stride_row[] = { { 8, 1 }, { 9, 2 }, { 10, 2 }, { 11, 4 }, { 14, 4 }, { 15, 8 },
	{ 22, 8 }, { 23, 16 }, { 38, 16 }, { 39, 32 }, { 70, 32 }, { 71, 64 }, { 76, 64 },
	{ 65536, 64 } };

START_TEST(stride_leaves_a_row_of_grams)
{
	unsigned stride = anchor_stride(stride_row[_i].shortest);

	ck_assert_uint_eq(stride, stride_row[_i].stride);
	ck_assert_uint_le(stride + GRAM - 1, stride_row[_i].shortest);
}
END_TEST

static unsigned
anchor_of(const char *pattern, unsigned stride, const char *const *others, size_t n)
{
	struct gram_census census = { 0 };

	ck_assert(gram_census_init(&census, n + 1));
	for (size_t i = 0; i < n; i++)
		gram_census_add(&census, slice_of(others[i]));
	gram_census_add(&census, slice_of(pattern));
	unsigned anchor = anchor_choose(&census, slice_of(pattern), stride);
	gram_census_clear(&census);
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
	struct gram_census census = { 0 };

	memset(pattern, 'A', sizeof pattern);
	memcpy(pattern + 30000, "k7Qz9xW2pLm4Rb8TcV6y", 20);
	ck_assert(gram_census_init(&census, 1));
	gram_census_add(&census, p);
	for (unsigned stride = 1; stride <= STRIDE_MAX; stride *= 2)
		ck_assert_uint_le(
		    anchor_choose(&census, p, stride) + stride, LOOKBACK_MAX);
	gram_census_clear(&census);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("gram");
	TCase *t = tcase_create("parts");

	tcase_add_test(t, filter_forgets_nothing_and_passes_little);
	tcase_add_test(t, filter_next_stops_at_each_gram);
	tcase_add_test(t, shared_grams_are_groups_not_chains);
	tcase_add_test(t, an_empty_table_has_no_group);
	tcase_add_loop_test(t, stride_leaves_a_row_of_grams, 0, COUNT(stride_row));
	tcase_add_test(t, the_rare_row_is_chosen);
	tcase_add_test(t, an_anchor_is_never_too_far);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
