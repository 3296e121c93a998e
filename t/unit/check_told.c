/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/told.h"

#include <pthread.h>

#include "t/unit/runner.h"

/* monotonic_ms() of a host that has been up for less than a minute, too. */
enum { BOOT = 0, SECOND = 1000, MINUTE = TOLD_QUIET_MS };

static struct told t;

static void
begin(void)
{
	ck_assert(told_init(&t));
}

static void
end(void)
{
	told_clear(&t);
}

START_TEST(the_first_time_is_a_line_and_none_while_it_lasts)
{
	ck_assert(told_begin(&t, "error", BOOT));
	for (long long at = BOOT; at < 1000LL * MINUTE; at += MINUTE / 2)
		ck_assert(!told_begin(&t, "error", at));
}
END_TEST

START_TEST(each_cause_is_its_own)
{
	ck_assert(told_begin(&t, "error", BOOT));
	ck_assert(told_begin(&t, "late", BOOT));
	ck_assert(!told_begin(&t, "error", BOOT));
	ck_assert(!told_begin(&t, "late", BOOT));
}
END_TEST

START_TEST(once_it_is_over_it_is_news_again)
{
	ck_assert(told_begin(&t, "error", BOOT));
	ck_assert_uint_eq(told_over(&t), 1);
	ck_assert(told_begin(&t, "error", BOOT + MINUTE));
}
END_TEST

START_TEST(what_comes_and_goes_is_told_once_a_minute)
{
	int lines = 0;

	for (long long at = BOOT; at < 10LL * MINUTE; at += SECOND) {
		lines += told_begin(&t, "error", at);
		(void)told_over(&t);
	}
	ck_assert_int_eq(lines, 10);
}
END_TEST

/* The line that was kept back must not be lost. */
START_TEST(what_came_back_within_the_minute_and_stays_is_told_after_it)
{
	ck_assert(told_begin(&t, "error", BOOT));
	(void)told_over(&t);
	ck_assert(!told_begin(&t, "error", BOOT + MINUTE - 1));
	ck_assert(told_begin(&t, "error", BOOT + MINUTE));
	ck_assert(!told_begin(&t, "error", BOOT + 3 * MINUTE));
}
END_TEST

START_TEST(the_end_counts_what_was_in_trouble_since_the_first_line)
{
	ck_assert_uint_eq(told_over(&t), 0);
	(void)told_begin(&t, "error", BOOT);
	(void)told_begin(&t, "error", BOOT);
	(void)told_begin(&t, "late", BOOT);
	ck_assert_uint_eq(told_over(&t), 3);
	ck_assert_uint_eq(told_over(&t), 0);
	ck_assert(!told_begin(&t, "error", BOOT + SECOND));
	ck_assert_uint_eq(told_over(&t), 0); /* its line was kept back */
}
END_TEST

START_TEST(more_causes_than_places_share_the_last)
{
	static const char *const cause[] = { "a", "b", "c", "d", "e", "f", "g", "h", "i",
		"j", "k", "l", "m", "n", "o", "p", "q", "r" };
	size_t lines = 0;

	for (size_t i = 0; i < sizeof cause / sizeof cause[0]; i++)
		lines += told_begin(&t, cause[i], BOOT);
	ck_assert_uint_eq(lines, TOLD_CAUSES_MAX);
	ck_assert_uint_eq(told_over(&t), COUNT(cause));
}
END_TEST

enum { THREADS = 4, TIMES = 20000 };

static pthread_barrier_t start;

static void *
begin_often(void *over)
{
	(void)pthread_barrier_wait(&start);
	for (int i = 0; i < TIMES; i++) {
		(void)told_begin(&t, "error", BOOT);
		if (over != NULL)
			(void)told_over(&t);
	}
	return NULL;
}

static void
at_once(void *over)
{
	pthread_t thread[THREADS];

	ck_assert_int_eq(pthread_barrier_init(&start, NULL, THREADS), 0);
	for (int i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&thread[i], NULL, begin_often, over), 0);
	for (int i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_join(thread[i], NULL), 0);
	(void)pthread_barrier_destroy(&start);
}

/* Without the lock one may get lost, and the thread sanitizer will say so. */
START_TEST(of_many_at_once_none_is_lost)
{
	at_once(NULL);
	ck_assert_uint_eq(told_over(&t), THREADS * TIMES);
	at_once(&t);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("told");
	TCase *tc = tcase_create("all");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, the_first_time_is_a_line_and_none_while_it_lasts);
	tcase_add_test(tc, each_cause_is_its_own);
	tcase_add_test(tc, once_it_is_over_it_is_news_again);
	tcase_add_test(tc, what_comes_and_goes_is_told_once_a_minute);
	tcase_add_test(tc, what_came_back_within_the_minute_and_stays_is_told_after_it);
	tcase_add_test(tc, the_end_counts_what_was_in_trouble_since_the_first_line);
	tcase_add_test(tc, more_causes_than_places_share_the_last);
	tcase_add_test(tc, of_many_at_once_none_is_lost);
	suite_add_tcase(s, tc);
	return s;
}

RUN_SUITE(suite)
