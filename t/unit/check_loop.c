/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/io/loop.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "t/unit/runner.h"

enum { MANY = 200 }; /* more than the kernel hands over at once */

static struct loop *loop;

/* Both ends of a connection; one is watched, and notes each call. */
struct pair {
	int far;
	struct watch watch;
	size_t calls;
	short came;
	struct pair *closes; /* when called */
	bool stops;
};

static void
noted(void *self, short revents)
{
	struct pair *p = self;
	char bytes[10];

	p->calls++;
	p->came = revents;
	if ((revents & POLLIN) != 0)
		(void)!read(p->watch.fd, bytes, sizeof bytes);
	if (p->closes != NULL)
		loop_close(loop, &p->closes->watch);
	if (p->stops)
		loop_stop(loop);
}

static void
pair_open(struct pair *p, short events)
{
	int end[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, end), 0);
	*p = (struct pair){ .far = end[1],
		.watch = { .fd = end[0], .events = events, .ready = noted, .self = p } };
	ck_assert(loop_watch(loop, &p->watch));
}

static void
pair_close(struct pair *p)
{
	loop_close(loop, &p->watch);
	(void)close(p->far);
}

static void
knock(const struct pair *p)
{
	ck_assert_int_eq(write(p->far, "x", 1), 1);
}

/* Until all that is ready now has been called: the one that stops is behind them. */
static void
run_what_is_ready(void)
{
	struct pair last;

	pair_open(&last, POLLIN);
	last.stops = true;
	knock(&last);
	loop_run(loop);
	pair_close(&last);
}

/* A loop that was stopped stays so: each run has one of its own. */
static void
set_up(void)
{
	loop = loop_new();
	ck_assert_ptr_nonnull(loop);
}

static void
tear_down(void)
{
	loop_free(loop);
}

/* --- watches --- */

START_TEST(who_has_something_to_read_is_called_and_nobody_else)
{
	struct pair a, b;

	pair_open(&a, POLLIN);
	pair_open(&b, POLLIN);
	knock(&b);
	run_what_is_ready();
	ck_assert_uint_eq(a.calls, 0);
	ck_assert_uint_eq(b.calls, 1);
	ck_assert_int_eq(b.came, POLLIN);
	pair_close(&a);
	pair_close(&b);
}
END_TEST

START_TEST(who_wants_nothing_is_not_called_until_he_wants_again)
{
	struct pair a;

	pair_open(&a, POLLIN);
	loop_want(loop, &a.watch, 0);
	knock(&a);
	run_what_is_ready();
	ck_assert_uint_eq(a.calls, 0);
	tear_down();
	set_up();
	a.watch.events = POLLIN;
	ck_assert(loop_watch(loop, &a.watch));
	run_what_is_ready();
	ck_assert_uint_eq(a.calls, 1);
	pair_close(&a);
}
END_TEST

START_TEST(writing_is_waited_for_when_it_is_wanted)
{
	struct pair a;

	pair_open(&a, POLLIN);
	loop_want(loop, &a.watch, POLLIN | POLLOUT);
	a.stops = true;
	loop_run(loop);
	ck_assert_int_eq(a.came, POLLOUT);
	pair_close(&a);
}
END_TEST

START_TEST(the_end_of_the_other_side_is_told_to_who_wants_nothing)
{
	struct pair a;

	pair_open(&a, 0);
	(void)close(a.far);
	a.stops = true;
	loop_run(loop);
	ck_assert_int_ne(a.came & POLLHUP, 0);
	loop_close(loop, &a.watch);
}
END_TEST

/* Both are ready in one turn: whoever comes first takes the other away. */
START_TEST(who_was_taken_away_in_this_turn_is_not_called)
{
	struct pair a, b;

	pair_open(&a, POLLIN);
	pair_open(&b, POLLIN);
	a.closes = &b;
	b.closes = &a;
	knock(&a);
	knock(&b);
	run_what_is_ready();
	ck_assert_uint_eq(a.calls + b.calls, 1);
	pair_close(&a);
	pair_close(&b);
}
END_TEST

START_TEST(what_is_wanted_of_a_watch_in_no_loop_holds_later)
{
	struct pair a;
	int fd;

	pair_open(&a, 0);
	fd = a.watch.fd;
	loop_unwatch(loop, &a.watch);
	loop_want(loop, &a.watch, POLLIN);
	knock(&a);
	a.watch.fd = fd;
	ck_assert(loop_watch(loop, &a.watch));
	run_what_is_ready();
	ck_assert_uint_eq(a.calls, 1);
	pair_close(&a);
}
END_TEST

START_TEST(many_at_once_are_all_called)
{
	static struct pair many[MANY];

	for (size_t i = 0; i < MANY; i++) {
		pair_open(&many[i], POLLIN);
		knock(&many[i]);
	}
	run_what_is_ready();
	for (size_t i = 0; i < MANY; i++) {
		ck_assert_uint_eq(many[i].calls, 1);
		pair_close(&many[i]);
	}
}
END_TEST

START_TEST(a_descriptor_that_cannot_be_waited_for_is_refused)
{
	struct watch w = { .fd = open("/dev/null", O_RDONLY | O_CLOEXEC) };
	int fd = w.fd;

	ck_assert_int_ne(fd, -1);
	(void)close(fd);
	ck_assert(!loop_watch(loop, &w));
}
END_TEST

/* Knocked at from behind; b was there before the others. */
START_TEST(of_those_ready_at_once_the_oldest_is_first)
{
	struct pair a, b, c;

	pair_open(&b, POLLIN);
	pair_open(&a, POLLIN);
	pair_open(&c, POLLIN);
	b.closes = &c;
	c.closes = &a;
	knock(&c);
	knock(&a);
	knock(&b);
	run_what_is_ready();
	ck_assert_uint_eq(b.calls, 1);
	ck_assert_uint_eq(a.calls, 1);
	ck_assert_uint_eq(c.calls, 0);
	pair_close(&a);
	pair_close(&b);
	pair_close(&c);
}
END_TEST

/* --- timers --- */

enum { TIMERS = 100 };

static struct timer timer[TIMERS];
static size_t fired[TIMERS], count;

static void
note_timer(void *self)
{
	const struct timer *t = self;

	fired[count++] = (size_t)(t - timer);
	if (count == TIMERS)
		loop_stop(loop);
}

START_TEST(timers_fire_by_their_moment_and_then_as_they_were_set)
{
	uint64_t now = loop_now(loop);

	count = 0;
	for (size_t i = 0; i < TIMERS; i++) {
		size_t k = i * 37 % TIMERS; /* each once, mixed */
		timer[k] = (struct timer){ .fire = note_timer, .self = &timer[k] };
		ck_assert(loop_set(loop, &timer[k], now + 5 + k / 10));
	}
	loop_run(loop);
	for (size_t i = 1; i < TIMERS; i++) {
		size_t a = fired[i - 1], b = fired[i];
		ck_assert_uint_le(a / 10, b / 10);
		/* 37 * 73 = 1 modulo 100: 73 k says when k was set. */
		if (a / 10 == b / 10)
			ck_assert_uint_lt(a * 73 % TIMERS, b * 73 % TIMERS);
	}
}
END_TEST

static void
stop(void *self)
{
	(void)self;
	loop_stop(loop);
}

START_TEST(a_timer_may_be_moved_and_taken_away)
{
	uint64_t now = loop_now(loop);
	struct timer end = { .fire = stop };

	count = 0;
	for (size_t i = 0; i < TIMERS; i++) {
		timer[i] = (struct timer){ .fire = note_timer, .self = &timer[i] };
		ck_assert(loop_set(loop, &timer[i], now + 1 + i));
	}
	for (size_t i = 0; i < TIMERS; i++)
		ck_assert(loop_set(loop, &timer[i * 37 % TIMERS], 0));
	ck_assert(loop_set(loop, &timer[3], 0)); /* once more does no harm */
	ck_assert(loop_set(loop, &timer[7], now + 2));
	ck_assert(loop_set(loop, &timer[8], now + 3000));
	ck_assert(loop_set(loop, &timer[8], now + 1));
	ck_assert(loop_set(loop, &end, now + 20));
	loop_run(loop);
	ck_assert_uint_eq(end.at, 0);
	ck_assert_uint_eq(count, 2);
	ck_assert_uint_eq(fired[0], 8);
	ck_assert_uint_eq(fired[1], 7);
}
END_TEST

START_TEST(a_stop_before_the_run_ends_it)
{
	struct pair a;

	pair_open(&a, POLLIN);
	knock(&a);
	loop_stop(loop);
	loop_run(loop);
	ck_assert_uint_eq(a.calls, 0);
	pair_close(&a);
}
END_TEST

START_TEST(without_descriptors_there_is_no_loop)
{
	struct rlimit none = { 0, 0 }, was;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &was), 0);
	none.rlim_max = was.rlim_max;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	struct loop *l = loop_new();
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &was), 0);
	ck_assert_ptr_null(l);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("loop");
	TCase *t = tcase_create("loop");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, who_has_something_to_read_is_called_and_nobody_else);
	tcase_add_test(t, who_wants_nothing_is_not_called_until_he_wants_again);
	tcase_add_test(t, writing_is_waited_for_when_it_is_wanted);
	tcase_add_test(t, the_end_of_the_other_side_is_told_to_who_wants_nothing);
	tcase_add_test(t, who_was_taken_away_in_this_turn_is_not_called);
	tcase_add_test(t, what_is_wanted_of_a_watch_in_no_loop_holds_later);
	tcase_add_test(t, of_those_ready_at_once_the_oldest_is_first);
	tcase_add_test(t, many_at_once_are_all_called);
	tcase_add_test(t, a_descriptor_that_cannot_be_waited_for_is_refused);
	tcase_add_test(t, timers_fire_by_their_moment_and_then_as_they_were_set);
	tcase_add_test(t, a_timer_may_be_moved_and_taken_away);
	tcase_add_test(t, a_stop_before_the_run_ends_it);
	tcase_add_test(t, without_descriptors_there_is_no_loop);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
