/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/snapshot.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "t/unit/runner.h"

static atomic_int rules_freed, origins_freed;

struct rules {
	int alive;
};

static void
free_rules(void *rules)
{
	((struct rules *)rules)->alive = 0;
	free(rules);
	atomic_fetch_add(&rules_freed, 1);
}

static void
free_origin(void *origin)
{
	free(origin);
	atomic_fetch_add(&origins_freed, 1);
}

static struct snapshot *
make(int value)
{
	struct rules *r = malloc(sizeof *r);

	ck_assert_ptr_nonnull(r);
	r->alive = value;
	struct snapshot *s = snapshot_new(r, free_rules, malloc(1), free_origin);
	ck_assert_ptr_nonnull(s);
	return s;
}

static int
value_of(const struct snapshot *s)
{
	return ((const struct rules *)snapshot_rules(s))->alive;
}

START_TEST(nothing_can_be_pinned_before_the_first)
{
	struct snapshot_holder *h = snapshot_holder_new();

	ck_assert_ptr_null(snapshot_pin(h));
	snapshot_unpin(h, NULL);
	snapshot_holder_free(h);
	snapshot_holder_free(NULL);
}
END_TEST

START_TEST(a_message_keeps_the_rules_it_began_with)
{
	struct snapshot_holder *h = snapshot_holder_new();

	snapshot_swap(h, make(1));
	struct snapshot *old = snapshot_pin(h);
	snapshot_swap(h, make(2));
	struct snapshot *fresh = snapshot_pin(h);
	ck_assert_int_eq(value_of(old), 1);
	ck_assert_int_eq(value_of(fresh), 2);
	ck_assert_int_eq(rules_freed, 0);
	snapshot_unpin(h, old);
	ck_assert_int_eq(rules_freed, 1);
	snapshot_unpin(h, fresh);
	ck_assert_int_eq(rules_freed, 1);
	snapshot_holder_free(h);
	ck_assert_int_eq(rules_freed, 2);
	ck_assert_int_eq(origins_freed, 2);
}
END_TEST

static atomic_bool stop;

static void *
pin_and_unpin(void *holder)
{
	unsigned long wrong = 0;

	while (!atomic_load(&stop)) {
		struct snapshot *s = snapshot_pin(holder);
		wrong += value_of(s) != 7;
		snapshot_unpin(holder, s);
	}
	return (void *)wrong;
}

START_TEST(a_reload_under_load_frees_each_set_once)
{
	enum { SWAPS = 2000 };
	struct snapshot_holder *h = snapshot_holder_new();
	pthread_t thread[2];
	void *wrong;

	snapshot_swap(h, make(7));
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(pthread_create(&thread[i], NULL, pin_and_unpin, h), 0);
	for (int i = 0; i < SWAPS; i++)
		snapshot_swap(h, make(7));
	atomic_store(&stop, true);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(pthread_join(thread[i], &wrong), 0);
		ck_assert_ptr_null(wrong);
	}
	ck_assert_int_eq(rules_freed, SWAPS);
	snapshot_holder_free(h);
	ck_assert_int_eq(rules_freed, SWAPS + 1);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("snapshot");
	TCase *t = tcase_create("snapshot");

	tcase_add_test(t, nothing_can_be_pinned_before_the_first);
	tcase_add_test(t, a_message_keeps_the_rules_it_began_with);
	tcase_add_test(t, a_reload_under_load_frees_each_set_once);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
