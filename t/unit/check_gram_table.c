/* SPDX-License-Identifier: BSD-2-Clause */
/* gram_table: groups of shared grams, late bytes, nothing at all. */
#include "policy/virus/gram_table.h"

#include <stdio.h>
#include <string.h>

#include "t/unit/runner.h"

/* Gram number i, all different. */
static const char *
nth_gram(size_t i, char gram[GRAM_MOST + 1])
{
	char number[24];

	(void)snprintf(number, sizeof number, "%08zu", i * 7);
	memcpy(gram, number, GRAM_MOST + 1);
	return gram;
}

static uint64_t
hash_of(const char *gram)
{
	return gram_hash(gram_at(gram, GRAM_WIDE));
}

/* Of a source, by its place(). */
static struct gram_place shared_place(const void *self, size_t i);
static struct gram_place late_place(const void *self, size_t i);

static uint64_t
shared_hash(const void *self, size_t i)
{
	return shared_place(self, i).hash;
}

static uint64_t
late_hash(const void *self, size_t i)
{
	return late_place(self, i).hash;
}

/* Ten thousand signatures that share a gram at two offsets, and some others. */
static struct gram_place
shared_place(const void *self, size_t i)
{
	char gram[GRAM_MOST + 1];
	uint32_t rank = (uint32_t)(i / 3);

	(void)self;
	if (i % 3 < 2)
		return (struct gram_place){ .hash = hash_of("SHAREDXX"),
			.offset = 10 + (uint32_t)(i % 3) * 40,
			.rank = rank };
	return (struct gram_place){
		.hash = hash_of(nth_gram(rank, gram)), .offset = 5, .rank = rank
	};
}

static bool
group_has(struct gram_group g, uint32_t offset, uint32_t rank)
{
	for (; g.at < g.end; g.at++) {
		if (g.offset == offset && gram_table_place(*g.at).rank == rank)
			return true;
	}
	return false;
}

/* A chain of 20,000 entries would be 20,000 steps; groups make it two. */
START_TEST(shared_grams_are_groups_not_chains)
{
	struct gram_source source = { shared_place, shared_hash, NULL, 30000 };
	struct gram_group g = { 0 };
	struct gram_table t;
	char gram[GRAM_MOST + 1];
	int groups = 0;

	ck_assert(gram_table_init(&t, &source));
	while (gram_table_next(&t, hash_of("SHAREDXX"), &g)) {
		ck_assert_uint_eq(g.offset, groups == 0 ? 10 : 50);
		ck_assert_int_eq(g.end - g.at, 10000);
		for (uint32_t i = 0; i < 10000; i++)
			ck_assert_uint_eq(gram_table_place(g.at[i]).rank, i);
		groups++;
	}
	ck_assert_int_eq(groups, 2);
	size_t strangers = 0;
	for (uint32_t rank = 0; rank < 10000; rank++) {
		uint64_t hash = hash_of(nth_gram(rank, gram));

		g = (struct gram_group){ 0 };
		ck_assert(gram_table_next(&t, hash, &g));
		ck_assert(group_has(g, 5, rank));
		strangers += (size_t)(g.end - g.at) - 1;
		ck_assert(!gram_table_next(&t, hash, &g));
	}
	ck_assert_uint_lt(strangers, 10000 / 100); /* eight bits tell them apart */
	g = (struct gram_group){ 0 };
	ck_assert(!gram_table_next(&t, hash_of("NOT HERE"), &g));
	gram_table_clear(&t);
}
END_TEST

/* A gram's late bytes stand behind it or a little in front, and are a line of their own.
 */
static const char *
late_text(size_t i)
{
	static char text[LATE_BEFORE + LATE_BEHIND + GRAM_WIDE + 1];

	for (size_t at = 0; at < sizeof text; at++)
		text[at] = (char)('!' + (i * 31 + at * (at + i % 7)) % 90);
	return text;
}

static struct gram_place
late_place(const void *self, size_t i)
{
	int late_at = (int)(i % (LATE_BEFORE + LATE_BEHIND + 1)) - LATE_BEFORE;
	char gram[GRAM_MOST + 1];

	(void)self;
	return (struct gram_place){ .hash = hash_of(nth_gram((uint32_t)i, gram)),
		.offset = 5,
		.rank = (uint32_t)i,
		.late_at = late_at,
		.late = gram_late(late_text(i) + LATE_BEFORE + late_at) };
}

/* Whether the quick look at a bucket says no; it may not where it does not know. */
static bool
says_no(const struct gram_table *t, uint64_t hash, const char *p)
{
	const struct gram_bucket *bucket = gram_table_bucket(t, hash);
	uint64_t like = gram_bucket_like(bucket, hash);

	if (bucket->tags == GRAM_ELSEWHERE)
		return false;
	for (; like != 0; like &= like - 1) {
		if (!gram_table_differs(bucket->entry[gram_bucket_first(like)], hash, p))
			return false;
	}
	return true;
}

/* Every place of late bytes: no "no" to what stands there, seldom another to what not. */
START_TEST(late_bytes_tell_and_never_hide)
{
	enum { MANY = 12700 };
	struct gram_source source = { late_place, late_hash, NULL, MANY };
	struct gram_table t;
	char gram[GRAM_MOST + 1];
	size_t wrong = 0, strange = 0;

	ck_assert(gram_table_init(&t, &source));
	for (size_t i = 0; i < MANY; i++) {
		struct gram_place place = late_place(NULL, i);
		char text[LATE_BEFORE + LATE_BEHIND + GRAM_WIDE + 1];

		memcpy(text, late_text(i), sizeof text);
		ck_assert(!says_no(&t, place.hash, text + LATE_BEFORE));
		text[LATE_BEFORE + place.late_at + (int)(i % GRAM_WIDE)] ^= 1;
		wrong += !says_no(&t, place.hash, text + LATE_BEFORE);
		strange += !says_no(&t, hash_of(nth_gram((uint32_t)(MANY + i), gram)),
		    text + LATE_BEFORE);
	}
	/* Of the buckets, those that have too many know nothing. */
	ck_assert_uint_lt(wrong, MANY / 10);
	ck_assert_uint_lt(strange, MANY / 10);
	gram_table_clear(&t);
}
END_TEST

START_TEST(an_empty_table_has_no_group)
{
	struct gram_source source = { shared_place, shared_hash, NULL, 0 };
	struct gram_group g = { 0 };
	struct gram_table t;

	ck_assert(gram_table_init(&t, &source));
	ck_assert(!gram_table_next(&t, hash_of("SHAREDXX"), &g));
	gram_table_clear(&t);
	gram_table_clear(&t);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("gram_table");
	TCase *t = tcase_create("all");

	tcase_add_test(t, shared_grams_are_groups_not_chains);
	tcase_add_test(t, late_bytes_tell_and_never_hide);
	tcase_add_test(t, an_empty_table_has_no_group);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
