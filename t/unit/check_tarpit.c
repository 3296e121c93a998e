/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/spam/tarpit.h"

#include "t/unit/runner.h"

static const struct tarpit_limits limits = {
	.refusals = 3, .window_ms = 60000, .delay_ms = 5000
};

static struct tarpit_key
client(uint64_t n)
{
	struct tarpit_key key;

	memcpy(key.bytes, &n, sizeof key.bytes);
	return key;
}

/* Refusals of client 1 at these seconds, and after which of them it waits. */
static const struct {
	const char *what;
	unsigned at[8]; /* ends at a 0 behind the first */
	const char *waits;
} row[] = {
	{ "the fourth within a window waits", { 1, 2, 3, 4, 5 }, "...ww" },
	{ "three within a window do not", { 1, 30, 60 }, "..." },
	{ "a window is counted from its first refusal", { 1, 30, 60, 61, 62 }, "....." },
	{ "the next window is a new one", { 1, 2, 3, 61, 62, 63, 64 }, "......w" },
	{ "one that waits stays while it goes on", { 1, 2, 3, 4, 60, 119, 178 },
	    "...wwww" },
	{ "and is let go after a quiet window", { 1, 2, 3, 4, 64, 65, 66, 67 },
	    "...w...w" },
};

START_TEST(waits_after_enough_refusals)
{
	struct tarpit *t = tarpit_new();

	ck_assert_ptr_nonnull(t);
	for (size_t i = 0; row[_i].waits[i] != '\0'; i++) {
		unsigned got =
		    tarpit_refused(t, &limits, client(1), row[_i].at[i] * 1000u);
		ck_assert_msg(got == (row[_i].waits[i] == 'w' ? 5000u : 0u),
		    "%s: refusal %zu: %u ms", row[_i].what, i + 1, got);
	}
	tarpit_free(t);
}
END_TEST

START_TEST(others_do_not_wait)
{
	struct tarpit *t = tarpit_new();

	for (unsigned i = 0; i < 10; i++)
		(void)tarpit_refused(t, &limits, client(1), 1000);
	ck_assert_uint_eq(tarpit_refused(t, &limits, client(1), 1000), 5000);
	ck_assert_uint_eq(tarpit_refused(t, &limits, client(2), 1000), 0);
	tarpit_free(t);
}
END_TEST

START_TEST(zero_refusals_mean_no_tarpit)
{
	static const struct tarpit_limits off = { .refusals = 0, .delay_ms = 5000 };
	struct tarpit *t = tarpit_new();

	for (unsigned i = 0; i < 10; i++)
		ck_assert_uint_eq(tarpit_refused(t, &off, client(1), 1000), 0);
	tarpit_free(t);
}
END_TEST

/* A hundred thousand other clients push out idle ones, not one that is busy. */
START_TEST(memory_is_fixed_and_the_busy_one_stays)
{
	struct tarpit *t = tarpit_new();
	unsigned delayed = 0;

	for (uint64_t i = 0; i < 100000; i++) {
		(void)tarpit_refused(t, &limits, client(1000 + i), 1000 + i / 100);
		if (i % 100 == 0)
			delayed += tarpit_refused(t, &limits, client(1), 1000 + i / 100);
	}
	ck_assert_uint_eq(delayed, 997 * 5000);
	tarpit_free(t);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("tarpit");
	TCase *t = tcase_create("tarpit");

	tcase_add_loop_test(t, waits_after_enough_refusals, 0, COUNT(row));
	tcase_add_test(t, others_do_not_wait);
	tcase_add_test(t, zero_refusals_mean_no_tarpit);
	tcase_add_test(t, memory_is_fixed_and_the_busy_one_stays);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
