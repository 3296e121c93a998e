/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/signals.h"

#include "t/unit/runner.h"

/* More than a pipe holds. */
enum { STORM = 100000 };

static const struct {
	int number;
	bool reload, end;
} meaning[] = {
	{ SIGHUP, true, false },
	{ SIGUSR1, true, false },
	{ SIGTERM, false, true },
	{ SIGINT, false, true },
	{ SIGNALS_WAKE, false, false },
};

static void
expect(bool reload, bool end)
{
	struct wishes w = signals_wait(0);

	ck_assert_int_eq(w.reload, reload);
	ck_assert_int_eq(w.end, end);
}

START_TEST(each_signal_has_its_meaning_once)
{
	ck_assert(signals_catch());
	expect(false, false);
	ck_assert_int_eq(raise(meaning[_i].number), 0);
	expect(meaning[_i].reload, meaning[_i].end);
	expect(false, false);
}
END_TEST

START_TEST(two_wishes_come_together)
{
	ck_assert(signals_catch());
	ck_assert_int_eq(raise(SIGTERM), 0);
	ck_assert_int_eq(raise(SIGHUP), 0);
	expect(true, true);
	expect(false, false);
}
END_TEST

/* While a long list is read nobody looks, and the pipe is full. */
START_TEST(an_end_is_not_lost_behind_a_storm_of_others)
{
	ck_assert(signals_catch());
	for (int i = 0; i < STORM; i++)
		ck_assert_int_eq(raise(SIGHUP), 0);
	ck_assert_int_eq(raise(SIGTERM), 0);
	expect(true, true);
	expect(false, false);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("signals");
	TCase *t = tcase_create("signals");

	tcase_add_loop_test(t, each_signal_has_its_meaning_once, 0, COUNT(meaning));
	tcase_add_test(t, two_wishes_come_together);
	tcase_add_test(t, an_end_is_not_lost_behind_a_storm_of_others);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
