/* SPDX-License-Identifier: BSD-2-Clause */
#include <check.h>

#include "t/unit/runner.h"
#include "wire/frame.h"

START_TEST(refuses_length_zero)
{
	struct frame f;

	ck_assert_int_eq(frame_decode((struct slice){ "\0\0\0\0", 4 }, &f), FRAME_BAD);
}
END_TEST

START_TEST(asks_for_more_when_cut)
{
	struct frame f;

	ck_assert_int_eq(frame_decode((struct slice){ "\0\0\0\2c", 5 }, &f), FRAME_SHORT);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("frame");
	TCase *t = tcase_create("decode");

	tcase_add_test(t, refuses_length_zero);
	tcase_add_test(t, asks_for_more_when_cut);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
