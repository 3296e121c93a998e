/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/counters.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "t/unit/runner.h"

static const time_t noon = 1000000000;

/* The line without its date, which depends on the time zone. */
static const char *
counts(struct counters *c, struct text *line)
{
	text_clear(line);
	counters_summary(c, noon, line);
	ck_assert_uint_gt(line->len, 14);
	return text_cstr(line) + 12;
}

START_TEST(the_line_is_that_of_the_paper)
{
	struct counters *c = counters_new("test");
	struct text line = TEXT_INIT(500);

	ck_assert_int_eq(setenv("TZ", "UTC", 1), 0);
	for (int i = 0; i < 5; i++)
		counters_add(c, COUNT_MESSAGES);
	counters_label(c, SLICE("SOBIG.B"));
	counters_label(c, SLICE("KLEZ.H"));
	counters_label(c, SLICE("KLEZ.H"));
	counters_label(c, SLICE("FIZZER.A"));
	counters_summary(c, noon, &line);
	ck_assert_str_eq(
	    text_cstr(&line), "Sep 09 01:46: 5 messages  KLEZ.H=2 FIZZER.A=1 SOBIG.B=1");
	text_clear(&line);
	counters_free(c);
}
END_TEST

START_TEST(each_line_tells_what_is_new)
{
	struct counters *c = counters_new("test");
	struct text line = TEXT_INIT(500);

	counters_add(c, COUNT_MESSAGES);
	counters_label(c, SLICE("A"));
	ck_assert_str_eq(counts(c, &line), ": 1 messages  A=1");
	ck_assert_str_eq(counts(c, &line), ": 0 messages ");
	text_clear(&line);
	counters_free(c);
}
END_TEST

START_TEST(labels_beyond_the_limit_are_counted_together)
{
	struct counters *c = counters_new("test");
	struct text line = TEXT_INIT(100000);
	char label[20];

	for (int i = 0; i < LABELS_MAX + 7; i++) {
		(void)snprintf(label, sizeof label, "L%d", i);
		counters_label(c, slice_of(label));
	}
	ck_assert_ptr_nonnull(strstr(counts(c, &line), " other=7"));
	text_clear(&line);
	counters_free(c);
}
END_TEST

static unsigned long long label_total(struct counters *c, const char *name);

START_TEST(totals_only_grow)
{
	struct counters *c = counters_new("test");
	struct text line = TEXT_INIT(500);
	struct totals t;

	for (int i = 1; i <= 3; i++) {
		counters_add(c, COUNT_MESSAGES);
		counters_verdict(c, EVENT_RCPT, VERDICT_REJECT);
		counters_label(c, SLICE("A"));
		ck_assert_str_eq(counts(c, &line), ": 1 messages  A=1");
		counters_read(c, &t);
		ck_assert_uint_eq(t.count[COUNT_MESSAGES], (unsigned)i);
		ck_assert_uint_eq(t.verdict[EVENT_RCPT][VERDICT_REJECT], (unsigned)i);
		ck_assert_uint_eq(t.verdict[EVENT_EOM][VERDICT_REJECT], 0);
		ck_assert_uint_eq(label_total(c, "A"), (unsigned)i);
	}
	ck_assert_str_eq(t.policy, "test");
	text_clear(&line);
	counters_free(c);
}
END_TEST

/* A milter that runs for years meets more names than it may remember. */
START_TEST(a_new_label_takes_the_place_of_the_rarest_that_was_told)
{
	struct counters *c = counters_new("test");
	struct text line = TEXT_INIT(100000);
	struct totals t;
	char label[20];

	for (int i = 0; i < LABELS_MAX; i++) {
		(void)snprintf(label, sizeof label, "L%d", i);
		counters_label(c, slice_of(label));
		if (i != 7)
			counters_label(c, slice_of(label));
	}
	(void)counts(c, &line);
	counters_label(c, SLICE("NEW"));
	ck_assert_str_eq(counts(c, &line), ": 0 messages  NEW=1");
	ck_assert_uint_eq(label_total(c, "NEW"), 1);
	ck_assert_uint_eq(label_total(c, "L7"), 0);
	counters_read(c, &t);
	ck_assert_uint_eq(t.other_labels, 1);
	text_clear(&line);
	counters_free(c);
}
END_TEST

START_TEST(each_count_has_a_name_of_its_own)
{
	for (int i = 0; i < N_COUNTS; i++) {
		ck_assert_uint_gt(strlen(count_name((enum count)i)), 0);
		for (int k = 0; k < i; k++)
			ck_assert_str_ne(
			    count_name((enum count)i), count_name((enum count)k));
	}
	for (int i = 0; i < N_COUNTED_EVENTS; i++)
		ck_assert_uint_gt(strlen(counted_event_name((enum counted_event)i)), 0);
	ck_assert_str_eq(count_name(COUNT_MESSAGES), "messages");
	ck_assert_str_eq(counted_event_name(EVENT_RCPT), "rcpt");
}
END_TEST

struct wanted {
	const char *name;
	unsigned long long total;
};

static void
look_at(void *self, const char *label, unsigned long long total)
{
	struct wanted *w = self;

	if (strcmp(label, w->name) == 0)
		w->total = total;
}

static unsigned long long
label_total(struct counters *c, const char *name)
{
	struct wanted w = { name, 0 };

	counters_each_label(c, look_at, &w);
	return w.total;
}

enum { THREADS = 4, ROUNDS = 20000 };

static void *
count_many(void *arg)
{
	for (int i = 0; i < ROUNDS; i++) {
		counters_add(arg, COUNT_MESSAGES);
		counters_label(arg, i % 2 == 0 ? SLICE("EVEN") : SLICE("ODD"));
	}
	return NULL;
}

START_TEST(nothing_is_lost_while_threads_count_and_one_reads)
{
	struct counters *c = counters_new("test");
	struct text line = TEXT_INIT(500);
	pthread_t thread[THREADS];
	unsigned long messages = 0, even = 0, got, hits;

	for (int i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&thread[i], NULL, count_many, c), 0);
	for (int i = 0; i < 200 + THREADS; i++) {
		if (i >= 200)
			ck_assert_int_eq(pthread_join(thread[i - 200], NULL), 0);
		if (i < 200 || i == 200 + THREADS - 1) {
			const char *l = counts(c, &line);
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
	counters_free(c);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("counters");
	TCase *t = tcase_create("counters");

	tcase_add_test(t, the_line_is_that_of_the_paper);
	tcase_add_test(t, each_line_tells_what_is_new);
	tcase_add_test(t, totals_only_grow);
	tcase_add_test(t, a_new_label_takes_the_place_of_the_rarest_that_was_told);
	tcase_add_test(t, each_count_has_a_name_of_its_own);
	tcase_add_test(t, labels_beyond_the_limit_are_counted_together);
	tcase_add_test(t, nothing_is_lost_while_threads_count_and_one_reads);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
