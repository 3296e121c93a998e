/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/clamd_teller.h"

#include <errno.h>

#include "t/unit/fake_clamds.h"

static struct fake_news news;
static struct clamd_tellers tell;
static int locks, fail_at; /* the lock that cannot be had; 0: none */
static int held;           /* made and not destroyed */

int __real_pthread_mutex_init(pthread_mutex_t *m, const pthread_mutexattr_t *a);
int __wrap_pthread_mutex_init(pthread_mutex_t *m, const pthread_mutexattr_t *a);

int
__wrap_pthread_mutex_init(pthread_mutex_t *m, const pthread_mutexattr_t *a)
{
	if (++locks == fail_at)
		return ENOMEM;
	held++;
	return __real_pthread_mutex_init(m, a);
}

int __real_pthread_mutex_destroy(pthread_mutex_t *m);
int __wrap_pthread_mutex_destroy(pthread_mutex_t *m);

int
__wrap_pthread_mutex_destroy(pthread_mutex_t *m)
{
	held--;
	return __real_pthread_mutex_destroy(m);
}

static void
setup(void)
{
	fake_news_init(&news);
	fail_at = locks = held = 0;
	tell = (struct clamd_tellers){ .of_copies = { .news = NULL } };
	ck_assert(clamd_tellers_init(&tell, &news.report));
	ck_assert_int_eq(locks, CLAMD_SERVERS_MAX + 3);
}

static void
teardown(void)
{
	clamd_tellers_clear(&tell);
	ck_assert_int_eq(held, 0);
	clamd_tellers_clear(&tell);
	ck_assert_int_eq(held, 0);
}

START_TEST(says_when_it_begins_and_when_it_is_over)
{
	struct clamd_teller *t = &tell.of_server[0];

	clamd_teller_over(t, "unix:/a");
	ck_assert_int_eq(news.lines, 0);
	clamd_teller_trouble(t, "late", "unix:/a: late");
	clamd_teller_trouble(t, "late", "unix:/a: late");
	clamd_teller_trouble(t, "error", "unix:/a: error");
	clamd_teller_over(t, "unix:/a");
	clamd_teller_over(t, "unix:/a");
	ck_assert_int_eq(news.lines, 3);
	ck_assert_str_eq(news.line[0], "trouble: unix:/a: late");
	ck_assert_str_eq(news.line[1], "trouble: unix:/a: error");
	ck_assert_str_eq(
	    news.line[2], "up: unix:/a: verdicts again, after 3 messages without");
}
END_TEST

START_TEST(one_is_one_message)
{
	clamd_teller_trouble(&tell.of_queue, "busy", "x");
	clamd_teller_over(&tell.of_queue, "the queue");
	ck_assert_str_eq(
	    news.line[1], "up: the queue: verdicts again, after 1 message without");
}
END_TEST

START_TEST(a_layer_that_reports_has_its_cause_in_front)
{
	report_say(&tell.of_copies.report, "disk-full", "/spool: no room");
	ck_assert_str_eq(news.line[0], "trouble: disk-full: /spool: no room");
}
END_TEST

START_TEST(each_has_troubles_of_its_own)
{
	struct clamd_teller *all[CLAMD_SERVERS_MAX + 3] = { &tell.of_copies,
		&tell.of_queue, &tell.of_rules };

	for (int i = 0; i < CLAMD_SERVERS_MAX; i++)
		all[3 + i] = &tell.of_server[i];
	for (size_t i = 0; i < COUNT(all); i++)
		clamd_teller_trouble(all[i], "late", "x");
	ck_assert_int_eq(news.lines, COUNT(all));
	clamd_teller_over(all[COUNT(all) - 1], "x");
	for (size_t i = 0; i + 1 < COUNT(all); i++)
		ck_assert_uint_eq(told_over(&all[i]->told), 1);
}
END_TEST

START_TEST(without_a_lock_there_is_none_and_nothing_is_left)
{
	clamd_tellers_clear(&tell);
	fail_at = _i;
	locks = 0;
	ck_assert(!clamd_tellers_init(&tell, &news.report));
	ck_assert_int_eq(locks, _i);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("clamd_teller");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, says_when_it_begins_and_when_it_is_over);
	tcase_add_test(t, one_is_one_message);
	tcase_add_test(t, a_layer_that_reports_has_its_cause_in_front);
	tcase_add_test(t, each_has_troubles_of_its_own);
	tcase_add_loop_test(t, without_a_lock_there_is_none_and_nothing_is_left, 1,
	    CLAMD_SERVERS_MAX + 4);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
