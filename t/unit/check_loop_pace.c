/* SPDX-License-Identifier: BSD-2-Clause */
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sim/io/loop.h"
#include "t/unit/runner.h"

enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE };

static void
stop(void *loop)
{
	loop_stop(loop);
}

static void
stop_ready(void *loop, short revents)
{
	(void)revents;
	loop_stop(loop);
}

/* A timer that ends the loop so much later, and how much later it is then. */
static uint64_t
run_for(struct loop *loop, unsigned ms)
{
	struct timer later = { .fire = stop, .self = loop };
	uint64_t now = loop_now(loop);

	ck_assert(loop_set(loop, &later, now + ms));
	loop_run(loop);
	ck_assert(loop_set(loop, &later, 0));
	return loop_now(loop) - now;
}

START_TEST(at_once_an_hour_passes_when_nothing_is_ready)
{
	struct loop *loop = loop_new();

	loop_pace(loop, LOOP_AT_ONCE);
	ck_assert_uint_eq(run_for(loop, HOUR), HOUR);
	loop_free(loop);
}
END_TEST

START_TEST(at_once_no_time_passes_while_something_is_ready)
{
	struct loop *loop = loop_new();
	struct watch w = { .events = POLLIN, .ready = stop_ready, .self = loop };
	int end[2];

	loop_pace(loop, LOOP_AT_ONCE);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, end), 0);
	w.fd = end[0];
	ck_assert(loop_watch(loop, &w));
	ck_assert_int_eq(write(end[1], "x", 1), 1);
	ck_assert_uint_eq(run_for(loop, HOUR), 0);
	loop_close(loop, &w);
	(void)close(end[1]);
	loop_free(loop);
}
END_TEST

START_TEST(a_pace_makes_a_minute_short)
{
	struct loop *loop = loop_new();

	loop_pace(loop, LOOP_PACE_MAX);
	ck_assert_uint_ge(run_for(loop, MINUTE), MINUTE);
	loop_free(loop);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("loop_pace");
	TCase *t = tcase_create("loop_pace");

	tcase_add_test(t, at_once_an_hour_passes_when_nothing_is_ready);
	tcase_add_test(t, at_once_no_time_passes_while_something_is_ready);
	tcase_add_test(t, a_pace_makes_a_minute_short);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
