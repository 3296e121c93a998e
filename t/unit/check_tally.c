/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/tally.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "t/unit/runner.h"

static const time_t noon = 1000000000;

/* The line without its date, which depends on the time zone. */
static const char *
counts(struct tally *t, struct text *line)
{
	text_clear(line);
	tally_line(t, noon, line);
	ck_assert_uint_gt(line->len, 14);
	return text_cstr(line) + 12;
}

START_TEST(the_line_is_that_of_the_paper)
{
	struct tally *t = tally_new();
	struct text line = TEXT_INIT(500);

	ck_assert_int_eq(setenv("TZ", "UTC", 1), 0);
	for (int i = 0; i < 5; i++)
		tally_message(t);
	tally_label(t, SLICE("SOBIG.B"));
	tally_label(t, SLICE("KLEZ.H"));
	tally_label(t, SLICE("KLEZ.H"));
	tally_label(t, SLICE("FIZZER.A"));
	tally_line(t, noon, &line);
	ck_assert_str_eq(
	    text_cstr(&line), "Sep 09 01:46: 5 messages  KLEZ.H=2 FIZZER.A=1 SOBIG.B=1");
	text_clear(&line);
	tally_free(t);
}
END_TEST

START_TEST(reading_starts_again_from_zero)
{
	struct tally *t = tally_new();
	struct text line = TEXT_INIT(500);

	tally_message(t);
	tally_label(t, SLICE("A"));
	ck_assert_str_eq(counts(t, &line), ": 1 messages  A=1");
	ck_assert_str_eq(counts(t, &line), ": 0 messages ");
	text_clear(&line);
	tally_free(t);
}
END_TEST

START_TEST(labels_beyond_the_limit_are_counted_together)
{
	struct tally *t = tally_new();
	struct text line = TEXT_INIT(100000);
	char label[20];

	for (int i = 0; i < TALLY_LABELS_MAX + 7; i++) {
		(void)snprintf(label, sizeof label, "L%d", i);
		tally_label(t, slice_of(label));
	}
	ck_assert_ptr_nonnull(strstr(counts(t, &line), " other=7"));
	text_clear(&line);
	tally_free(t);
}
END_TEST

enum { THREADS = 4, ROUNDS = 20000 };

static void *
count_many(void *arg)
{
	for (int i = 0; i < ROUNDS; i++) {
		tally_message(arg);
		tally_label(arg, i % 2 == 0 ? SLICE("EVEN") : SLICE("ODD"));
	}
	return NULL;
}

START_TEST(nothing_is_lost_while_threads_count_and_one_reads)
{
	struct tally *t = tally_new();
	struct text line = TEXT_INIT(500);
	pthread_t thread[THREADS];
	unsigned long messages = 0, even = 0, got, hits;

	for (int i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&thread[i], NULL, count_many, t), 0);
	for (int i = 0; i < 200 + THREADS; i++) {
		if (i >= 200)
			ck_assert_int_eq(pthread_join(thread[i - 200], NULL), 0);
		if (i < 200 || i == 200 + THREADS - 1) {
			const char *l = counts(t, &line);
			ck_assert_int_eq(sscanf(l, ": %lu", &got), 1);
			messages += got;
			const char *e = strstr(l, "EVEN=");
			if (e != NULL && sscanf(e, "EVEN=%lu", &hits) == 1)
				even += hits;
		}
	}
	ck_assert_uint_eq(messages, THREADS * ROUNDS);
	ck_assert_uint_eq(even, THREADS * ROUNDS / 2);
	text_clear(&line);
	tally_free(t);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("tally");
	TCase *t = tcase_create("tally");

	tcase_add_test(t, the_line_is_that_of_the_paper);
	tcase_add_test(t, reading_starts_again_from_zero);
	tcase_add_test(t, labels_beyond_the_limit_are_counted_together);
	tcase_add_test(t, nothing_is_lost_while_threads_count_and_one_reads);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
