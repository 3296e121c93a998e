/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/places.h"

#include <errno.h>
#include <sched.h>
#include <stdatomic.h>

#include "t/unit/runner.h"

enum { THREADS = 20, ROUNDS = 200, PLACES = 3 };

static struct places places;
static atomic_int inside, most;
static pthread_mutex_t told_lock = PTHREAD_MUTEX_INITIALIZER;

/* What was made and not destroyed; a condition cannot be made where it is told so. */
static atomic_int conditions, locks;
static bool no_condition;

int __real_pthread_cond_init(pthread_cond_t *c, const pthread_condattr_t *a);
int __wrap_pthread_cond_init(pthread_cond_t *c, const pthread_condattr_t *a);
int __real_pthread_cond_destroy(pthread_cond_t *c);
int __wrap_pthread_cond_destroy(pthread_cond_t *c);
int __real_pthread_mutex_init(pthread_mutex_t *m, const pthread_mutexattr_t *a);
int __wrap_pthread_mutex_init(pthread_mutex_t *m, const pthread_mutexattr_t *a);
int __real_pthread_mutex_destroy(pthread_mutex_t *m);
int __wrap_pthread_mutex_destroy(pthread_mutex_t *m);

int
__wrap_pthread_cond_init(pthread_cond_t *c, const pthread_condattr_t *a)
{
	if (no_condition)
		return EAGAIN;
	conditions++;
	return __real_pthread_cond_init(c, a);
}

int
__wrap_pthread_cond_destroy(pthread_cond_t *c)
{
	conditions--;
	return __real_pthread_cond_destroy(c);
}

int
__wrap_pthread_mutex_init(pthread_mutex_t *m, const pthread_mutexattr_t *a)
{
	locks++;
	return __real_pthread_mutex_init(m, a);
}

int
__wrap_pthread_mutex_destroy(pthread_mutex_t *m)
{
	locks--;
	return __real_pthread_mutex_destroy(m);
}

static void
begin(void)
{
	no_condition = false;
	conditions = locks = 0;
}

static void
end(void)
{
	ck_assert_int_eq(conditions, 0);
	ck_assert_int_eq(locks, 0);
}

static void *
come_and_go(void *unused)
{
	(void)unused;
	for (int i = 0; i < ROUNDS; i++) {
		struct patience p = patience_begin(60000, NULL);
		ck_assert(places_take(&places, &p));
		int now = atomic_fetch_add(&inside, 1) + 1;
		for (int seen = atomic_load(&most); now > seen;)
			if (atomic_compare_exchange_weak(&most, &seen, now))
				break;
		sched_yield();
		atomic_fetch_sub(&inside, 1);
		places_give(&places);
	}
	return NULL;
}

START_TEST(no_more_at_one_time_than_there_are)
{
	pthread_t thread[THREADS];

	ck_assert(places_init(&places, PLACES));
	for (int i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&thread[i], NULL, come_and_go, NULL), 0);
	for (int i = 0; i < THREADS; i++)
		(void)pthread_join(thread[i], NULL);
	ck_assert_int_le(atomic_load(&most), PLACES);
	ck_assert_uint_eq(places.free, PLACES);
	ck_assert_ptr_null(places.first);
	places_clear(&places);
}
END_TEST

START_TEST(nobody_waits_longer_than_he_said)
{
	struct patience p = patience_begin(60000, NULL);

	ck_assert(places_init(&places, 1));
	ck_assert(places_take(&places, &p));
	struct patience brief = patience_begin(20, NULL);
	errno = 0;
	ck_assert(!places_take(&places, &brief));
	ck_assert_int_eq(errno, ETIMEDOUT);
	ck_assert_ptr_null(places.first);
	places_give(&places);
	ck_assert(places_take(&places, &p));
	places_clear(&places);
}
END_TEST

START_TEST(who_cannot_wait_is_told_at_once)
{
	struct patience p = patience_begin(60000, NULL);

	ck_assert(places_init(&places, 1));
	ck_assert(places_take(&places, &p));
	no_condition = true;
	errno = 0;
	ck_assert(!places_take(&places, &p));
	ck_assert_int_eq(errno, ENOMEM);
	ck_assert_ptr_null(places.first);
	places_give(&places);
	ck_assert(places_take(&places, &p));
	places_clear(&places);
}
END_TEST

static bool
gone(const void *self)
{
	(void)self;
	return false;
}

START_TEST(nobody_waits_for_an_mta_that_is_gone)
{
	struct progress progress = { gone, NULL };
	struct patience p = patience_begin(60000, NULL);

	ck_assert(places_init(&places, 1));
	ck_assert(places_take(&places, &p));
	p.progress = &progress;
	p.tell_at_ms = 0;
	errno = 0;
	ck_assert(!places_take(&places, &p));
	ck_assert_int_eq(errno, ECANCELED);
	places_clear(&places);
}
END_TEST

/* Each comes when the one before him waits. */
struct comer {
	pthread_t thread;
	int number;
};

static int order[THREADS], arrived;

static void *
wait_in_line(void *self)
{
	struct comer *c = self;
	struct patience p = patience_begin(60000, NULL);

	ck_assert(places_take(&places, &p));
	pthread_mutex_lock(&told_lock);
	order[arrived++] = c->number;
	pthread_mutex_unlock(&told_lock);
	places_give(&places);
	return NULL;
}

static int
queue_length(void)
{
	int n = 0;

	pthread_mutex_lock(&places.lock);
	for (struct place_waiter *w = places.first; w != NULL; w = w->next)
		n++;
	pthread_mutex_unlock(&places.lock);
	return n;
}

START_TEST(who_came_first_is_first)
{
	struct comer comer[8];
	struct patience p = patience_begin(60000, NULL);

	arrived = 0;
	ck_assert(places_init(&places, 1));
	ck_assert(places_take(&places, &p));
	for (int i = 0; i < 8; i++) {
		comer[i].number = i;
		ck_assert_int_eq(
		    pthread_create(&comer[i].thread, NULL, wait_in_line, &comer[i]), 0);
		while (queue_length() <= i)
			sched_yield();
	}
	places_give(&places);
	for (int i = 0; i < 8; i++)
		(void)pthread_join(comer[i].thread, NULL);
	for (int i = 0; i < 8; i++)
		ck_assert_int_eq(order[i], i);
	places_clear(&places);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("places");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, no_more_at_one_time_than_there_are);
	tcase_add_test(t, nobody_waits_longer_than_he_said);
	tcase_add_test(t, who_cannot_wait_is_told_at_once);
	tcase_add_test(t, nobody_waits_for_an_mta_that_is_gone);
	tcase_add_test(t, who_came_first_is_first);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
