/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/known.h"

#include <stdio.h>

#include "t/unit/runner.h"

START_TEST(keeps_three_answers_apart)
{
	struct known_cache *c = known_new(100);
	struct known user = {
		.is_user = KNOWN_YES, .account = { .uid = 7 }, .account_at = 10
	};
	struct known usage = {
		.has_usage = KNOWN_YES, .usage = { .bytes = 5 }, .room = 6, .usage_at = 11
	};
	struct known forward = { .has_forward = KNOWN_NO, .forward_at = 12 };

	known_put(c, SLICE("anna"), &user);
	known_put(c, SLICE("anna"), &usage);
	known_put(c, SLICE("anna"), &forward);
	struct known k = known_get(c, SLICE("anna"));
	ck_assert_int_eq(k.is_user, KNOWN_YES);
	ck_assert_uint_eq(k.account.uid, 7);
	ck_assert_int_eq(k.account_at, 10);
	ck_assert_uint_eq(k.usage.bytes, 5);
	ck_assert_uint_eq(k.room, 6);
	ck_assert_int_eq(k.usage_at, 11);
	ck_assert_int_eq(k.has_forward, KNOWN_NO);
	ck_assert_int_eq(k.forward_at, 12);
	known_free(c);
}
END_TEST

START_TEST(does_not_know_a_stranger)
{
	struct known_cache *c = known_new(100);
	struct known user = { .is_user = KNOWN_YES, .account_at = 10 };

	known_put(c, SLICE("anna"), &user);
	ck_assert_int_eq(known_get(c, SLICE("ann")).is_user, NOT_KNOWN);
	ck_assert_int_eq(known_get(c, SLICE("")).account_at, 0);
	known_free(c);
	known_free(NULL);
}
END_TEST

START_TEST(is_bounded_and_forgets_the_oldest)
{
	struct known_cache *c = known_new(64);
	char name[32];
	unsigned kept = 0, last_kept = 0;

	for (int i = 1; i <= 10000; i++) {
		struct known user = { .is_user = KNOWN_YES, .account_at = i };
		int n = snprintf(name, sizeof name, "user%d", i);
		known_put(c, (struct slice){ name, (size_t)n }, &user);
	}
	for (int i = 1; i <= 10000; i++) {
		int n = snprintf(name, sizeof name, "user%d", i);
		struct known k = known_get(c, (struct slice){ name, (size_t)n });
		kept += k.account_at != 0;
		last_kept += k.account_at != 0 && i > 9000;
		if (k.account_at != 0)
			ck_assert_int_eq(k.account_at, i);
	}
	ck_assert_uint_eq(kept, 64);
	ck_assert_uint_eq(last_kept, 64);
	known_free(c);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("known");
	TCase *t = tcase_create("cache");

	tcase_add_test(t, keeps_three_answers_apart);
	tcase_add_test(t, does_not_know_a_stranger);
	tcase_add_test(t, is_bounded_and_forgets_the_oldest);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
