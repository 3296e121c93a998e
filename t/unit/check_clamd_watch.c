/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/clamd_watch.h"

#include <errno.h>
#include <signal.h>

#include "t/unit/fake_clamds.h"

/* As in clamd_watch.c. */
enum { SOON_MS = 1000, AWAY_MS = 5000, HOUR_MS = 3600000 };
enum { WAITS_MAX = 16 };

static struct scratch dir;
static struct fake_clamds a, b;
static struct fake_news news;
static struct clamd_watch *w;

static struct {
	pthread_mutex_t lock;
	pthread_cond_t more;
	int waits;
	long long ms[WAITS_MAX]; /* as they were meant */
	unsigned quicker;        /* so many times they are over sooner */
	bool no_thread, all_blocked;
} world;

int __real_pthread_cond_timedwait(
    pthread_cond_t *c, pthread_mutex_t *m, const struct timespec *until);
int __wrap_pthread_cond_timedwait(
    pthread_cond_t *c, pthread_mutex_t *m, const struct timespec *until);
int __real_pthread_create(
    pthread_t *t, const pthread_attr_t *a, void *(*run)(void *), void *self);
int __wrap_pthread_create(
    pthread_t *t, const pthread_attr_t *a, void *(*run)(void *), void *self);

/* To the second, which it was before the call took its time. */
static long long
meant(const struct timespec *until)
{
	long long ms = until->tv_sec * 1000LL + until->tv_nsec / 1000000 - monotonic_ms();

	return (ms + 999) / 1000 * 1000;
}

int
__wrap_pthread_cond_timedwait(
    pthread_cond_t *c, pthread_mutex_t *m, const struct timespec *until)
{
	if (c != &w->wake)
		return __real_pthread_cond_timedwait(c, m, until);
	long long ms = meant(until);
	const struct timespec sooner = monotonic_after((unsigned)(ms / world.quicker));

	pthread_mutex_lock(&world.lock);
	if (world.waits < WAITS_MAX)
		world.ms[world.waits++] = ms;
	pthread_cond_broadcast(&world.more);
	pthread_mutex_unlock(&world.lock);
	return __real_pthread_cond_timedwait(c, m, &sooner);
}

int
__wrap_pthread_create(
    pthread_t *t, const pthread_attr_t *attr, void *(*run)(void *), void *self)
{
	sigset_t now;

	ck_assert_int_eq(pthread_sigmask(SIG_BLOCK, NULL, &now), 0);
	world.all_blocked = sigismember(&now, SIGTERM) && sigismember(&now, SIGHUP) &&
			    sigismember(&now, SIGUSR1);
	return world.no_thread ? EAGAIN : __real_pthread_create(t, attr, run, self);
}

static void
wait_for_waits(int n)
{
	const struct timespec late = monotonic_after(FAKE_PATIENCE_MS);

	pthread_mutex_lock(&world.lock);
	while (world.waits < n)
		ck_assert_int_eq(
		    __real_pthread_cond_timedwait(&world.more, &world.lock, &late), 0);
	pthread_mutex_unlock(&world.lock);
}

static void
add(const char *name)
{
	struct text why = TEXT_INIT(200);

	ck_assert(clamd_server_init(&w->server[w->servers++], name, &why, &why));
}

static void
setup(void)
{
	static const struct clamd_limits limits = { FAKE_PATIENCE_MS, FAKE_PATIENCE_MS,
		FAKE_PATIENCE_MS };

	scratch_setup(&dir);
	world.waits = 0;
	world.quicker = 100;
	world.no_thread = false;
	ck_assert_int_eq(pthread_mutex_init(&world.lock, NULL), 0);
	ck_assert(thread_cond_init(&world.more));
	fake_news_init(&news);
	fake_clamds_name(&a, &dir, "a");
	fake_clamds_name(&b, &dir, "b");
	fake_clamds_start(&a);
	w = clamd_watch_new(&limits, HOUR_MS, &news.report);
	ck_assert_ptr_nonnull(w);
	add(a.name);
}

static void
teardown(void)
{
	fake_clamds_stop(&a);
	scratch_teardown(&dir);
}

START_TEST(each_is_looked_at_once_at_the_start)
{
	char want[200];

	add(b.name);
	clamd_watch_start(w);
	fake_news_wait(&news, 2);
	(void)snprintf(want, sizeof want, "up: %s answers: ClamAV 1", a.name);
	ck_assert_str_eq(news.line[0], want);
	(void)snprintf(
	    want, sizeof want, "away: %s does not answer: connect: No such", b.name);
	ck_assert(fake_news_has(&news, want));
	ck_assert(world.all_blocked);
	clamd_watch_close(w);
}
END_TEST

START_TEST(signals_are_as_they_were_behind_the_start)
{
	sigset_t before, after;

	ck_assert_int_eq(pthread_sigmask(SIG_BLOCK, NULL, &before), 0);
	clamd_watch_start(w);
	ck_assert_int_eq(pthread_sigmask(SIG_BLOCK, NULL, &after), 0);
	for (int s = 1; s < SIGRTMIN; s++)
		ck_assert_int_eq(sigismember(&before, s), sigismember(&after, s));
	fake_news_wait(&news, 1);
	clamd_watch_close(w);
}
END_TEST

/* A look every `look_ms`; of one that is away at least every five seconds. */
static const struct {
	unsigned look_ms;
	const struct fake_clamds *away; /* of a and b; NULL: there is only a */
	long long want;
} rests[] = {
	{ 60000, NULL, 60000 },
	{ 60000, &a, AWAY_MS },
	{ 60000, &b, AWAY_MS },
	{ AWAY_MS + 1000, &b, AWAY_MS },
	{ AWAY_MS, &b, AWAY_MS },
	{ 2000, &b, 2000 },
	{ 2000, NULL, 2000 },
};

START_TEST(rests_as_long_as_it_may)
{
	struct fake_clamds *up = rests[_i].away == &a ? &b : &a;

	if (rests[_i].away != NULL)
		add(b.name);
	if (up == &b) {
		fake_clamds_stop(&a);
		fake_clamds_start(&b);
	}
	w->look_ms = rests[_i].look_ms;
	clamd_watch_start(w);
	wait_for_waits(4);
	for (int i = 0; i < 4; i += 2) {
		ck_assert_int_eq(world.ms[i], SOON_MS);
		ck_assert_int_eq(world.ms[i + 1], rests[_i].want);
	}
	ck_assert_int_ge(atomic_load(&up->pings), 2);
	clamd_watch_close(w);
	if (up == &b) {
		fake_clamds_stop(&b);
		fake_clamds_start(&a);
	}
}
END_TEST

START_TEST(a_question_brings_the_next_look_on_but_not_at_once)
{
	world.quicker = 1;
	clamd_watch_start(w);
	wait_for_waits(2); /* the second is the long one */
	clamd_watch_ask(w);
	wait_for_waits(3);
	ck_assert_int_eq(atomic_load(&a.pings), 2);
	clamd_watch_ask(w); /* in the short rest, which it does not end */
	wait_for_waits(4);
	ck_assert_int_eq(world.ms[2], SOON_MS);
	ck_assert_int_eq(world.ms[3], SOON_MS);
	ck_assert_int_eq(atomic_load(&a.pings), 2);
	wait_for_waits(5);
	ck_assert_int_eq(atomic_load(&a.pings), 3);
	clamd_watch_close(w);
}
END_TEST

START_TEST(nothing_is_told_where_nothing_changes)
{
	w->look_ms = 2000;
	clamd_watch_start(w);
	wait_for_waits(6);
	ck_assert_int_eq(news.lines, 1);
	clamd_watch_close(w);
}
END_TEST

/* LeakSanitizer tells what the last one does not free. */
START_TEST(it_may_be_closed_at_any_moment)
{
	if (_i > 0)
		clamd_watch_start(w);
	if (_i > 1)
		wait_for_waits(_i - 1);
	clamd_watch_close(w);
	clamd_watch_close(NULL);
}
END_TEST

START_TEST(without_a_thread_it_says_so_and_ends_well)
{
	world.no_thread = true;
	clamd_watch_start(w);
	ck_assert_int_eq(news.lines, 1);
	ck_assert_str_eq(news.line[0],
	    "trouble: no thread to look after clamd: Resource temporarily unavailable; "
	    "whether it answers shows with the messages alone");
	ck_assert_uint_eq(w->users, 1);
	clamd_watch_close(w);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("clamd_watch");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, each_is_looked_at_once_at_the_start);
	tcase_add_test(t, signals_are_as_they_were_behind_the_start);
	tcase_add_loop_test(t, rests_as_long_as_it_may, 0, COUNT(rests));
	tcase_add_test(t, a_question_brings_the_next_look_on_but_not_at_once);
	tcase_add_test(t, nothing_is_told_where_nothing_changes);
	tcase_add_loop_test(t, it_may_be_closed_at_any_moment, 0, 4);
	tcase_add_test(t, without_a_thread_it_says_so_and_ends_well);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
