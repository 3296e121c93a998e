/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/stream.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/clock.h"
#include "t/unit/runner.h"

enum { HOUR_MS = 3600000, BUSY_MS = 1000 /* a machine may take so long */ };

static int told;
static bool is_there;

static bool
tell(const void *self)
{
	(void)self;
	told++;
	return is_there;
}

static const struct progress mta = { tell, NULL };

static void
setup(void)
{
	told = 0;
	is_there = true;
}

START_TEST(nobody_to_tell_no_longer_than_the_limit)
{
	struct patience p = patience_begin(HOUR_MS, NULL);

	ck_assert_int_eq(patience_left(&p), PROGRESS_MS);
	p.until_ms = monotonic_ms() + PROGRESS_MS;
	ck_assert_int_le(patience_left(&p), PROGRESS_MS);
	p.until_ms = monotonic_ms() + BUSY_MS;
	ck_assert_int_le(patience_left(&p), BUSY_MS);
	p.until_ms = monotonic_ms();
	errno = 0;
	ck_assert_int_eq(patience_left(&p), 0);
	ck_assert_int_eq(errno, ETIMEDOUT);
	p.until_ms = monotonic_ms() - 1;
	ck_assert_int_eq(patience_left(&p), 0);
}
END_TEST

/* Whichever comes first, the limit or the next time to tell. */
START_TEST(the_mta_is_told_when_it_is_time)
{
	struct patience p = patience_begin(HOUR_MS, &mta);

	ck_assert_int_le(patience_left(&p), PROGRESS_MS);
	ck_assert_int_gt(patience_left(&p), 0);
	ck_assert_int_eq(told, 0);
	p.tell_at_ms = monotonic_ms();
	long long before = monotonic_ms();
	ck_assert_int_le(patience_left(&p), PROGRESS_MS);
	ck_assert_int_eq(told, 1);
	ck_assert_int_ge(p.tell_at_ms, before + PROGRESS_MS);
	p.until_ms = monotonic_ms() + BUSY_MS;
	p.tell_at_ms = monotonic_ms() + HOUR_MS;
	ck_assert_int_le(patience_left(&p), BUSY_MS);
	p.until_ms = monotonic_ms() + 2LL * HOUR_MS;
	ck_assert_int_gt(patience_left(&p), BUSY_MS);
	ck_assert_int_eq(told, 1);
}
END_TEST

START_TEST(an_mta_that_is_gone_ends_the_wait)
{
	struct patience p = patience_begin(HOUR_MS, &mta);

	is_there = false;
	p.tell_at_ms = 0;
	ck_assert_int_eq(patience_left(&p), 0);
	ck_assert_int_eq(errno, ECANCELED);
}
END_TEST

START_TEST(over_is_over_whoever_waits)
{
	struct patience p = patience_begin(0, &mta);

	p.tell_at_ms = 0;
	ck_assert_int_eq(patience_left(&p), 0);
	ck_assert_int_eq(errno, ETIMEDOUT);
	ck_assert_int_eq(told, 0);
}
END_TEST

START_TEST(waits_for_what_was_asked)
{
	struct patience p = patience_begin(HOUR_MS, NULL), brief;
	int end[2];

	ck_assert_int_eq(pipe(end), 0);
	ck_assert_int_eq(stream_wait(end[1], POLLIN | POLLOUT, &p), POLLOUT);
	brief = patience_begin(20, NULL);
	ck_assert_int_eq(stream_wait(end[0], POLLIN, &brief), 0);
	ck_assert_int_eq(errno, ETIMEDOUT);
	ck_assert_int_eq(write(end[1], "x", 1), 1);
	ck_assert_int_eq(stream_wait(end[0], POLLIN, &p), POLLIN);
	(void)close(end[0]);
	(void)close(end[1]);
}
END_TEST

/* What no connection is needs no descriptor afterwards. */
START_TEST(a_connection_that_fails_leaves_no_descriptor)
{
	struct patience p = patience_begin(HOUR_MS, NULL);
	struct sockaddr none = { .sa_family = AF_UNIX };
	int before = dup(STDIN_FILENO);

	(void)close(before);
	ck_assert_int_eq(stream_connect(AF_UNIX, &none, sizeof none, &p), -1);
	ck_assert_int_eq(errno, ECONNREFUSED);
	int after = dup(STDIN_FILENO);
	ck_assert_int_eq(before, after);
	(void)close(after);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("stream");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, nobody_to_tell_no_longer_than_the_limit);
	tcase_add_test(t, the_mta_is_told_when_it_is_time);
	tcase_add_test(t, an_mta_that_is_gone_ends_the_wait);
	tcase_add_test(t, over_is_over_whoever_waits);
	tcase_add_test(t, waits_for_what_was_asked);
	tcase_add_test(t, a_connection_that_fails_leaves_no_descriptor);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
