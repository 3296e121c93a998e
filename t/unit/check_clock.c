/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/clock.h"

#include <errno.h>
#include <pthread.h>

#include "base/thread.h"
#include "t/unit/runner.h"

static long long
in_ms(struct timespec t)
{
	return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

START_TEST(a_deadline_is_as_far_off_as_asked_and_well_formed)
{
	static const unsigned ms[] = { 0, 1, 999, 1000, 1001, 86400999 };

	/* Wherever in its second the clock stands, so also where it carries over. */
	for (size_t i = 0; i < COUNT(ms) * 200; i++) {
		long long before = monotonic_ms();
		struct timespec t = monotonic_after(ms[i % COUNT(ms)]);
		long long after = monotonic_ms();
		ck_assert_int_ge(t.tv_nsec, 0);
		ck_assert_int_lt(t.tv_nsec, 1000000000);
		ck_assert_int_ge(in_ms(t), before + ms[i % COUNT(ms)]);
		ck_assert_int_le(in_ms(t), after + ms[i % COUNT(ms)]);
	}
}
END_TEST

START_TEST(a_condition_waits_for_that_deadline)
{
	pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	pthread_cond_t never;

	ck_assert(thread_cond_init(&never));
	ck_assert_int_eq(pthread_mutex_lock(&lock), 0);
	struct timespec until = monotonic_after(20);
	int got;
	while ((got = pthread_cond_timedwait(&never, &lock, &until)) == 0)
		;
	ck_assert_int_eq(got, ETIMEDOUT);
	/* On the wall clock, decades ahead of this one, it had ended at once. */
	ck_assert_int_ge(monotonic_ms(), in_ms(until));
	(void)pthread_mutex_unlock(&lock);
	(void)pthread_cond_destroy(&never);
}
END_TEST

START_TEST(the_coarse_clock_is_not_ahead)
{
	ck_assert_int_le(monotonic_coarse_ms(), monotonic_ms());
	ck_assert_int_gt(monotonic_coarse_ms(), 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("clock");
	TCase *t = tcase_create("clock");

	tcase_add_test(t, a_deadline_is_as_far_off_as_asked_and_well_formed);
	tcase_add_test(t, a_condition_waits_for_that_deadline);
	tcase_add_test(t, the_coarse_clock_is_not_ahead);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
