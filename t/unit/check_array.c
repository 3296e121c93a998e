/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/array.h"

#include <stdint.h>

#include "t/unit/runner.h"

START_TEST(what_was_put_in_stays_while_it_grows)
{
	unsigned *number = NULL;
	size_t used = 0, room = 0;

	for (unsigned i = 0; i < 1000; i++) {
		ck_assert(array_room(&number, used, &room, sizeof *number));
		ck_assert_uint_gt(room, used);
		number[used++] = i;
	}
	for (unsigned i = 0; i < used; i++)
		ck_assert_uint_eq(number[i], i);
	free(number);
}
END_TEST

START_TEST(room_that_is_there_moves_nothing)
{
	char *byte = NULL;
	size_t room = 0;

	ck_assert(array_room(&byte, 0, &room, 1));
	const char *before = byte;
	const size_t had = room;
	ck_assert(array_room(&byte, room - 1, &room, 1));
	ck_assert_ptr_eq(byte, before);
	ck_assert_uint_eq(room, had);
	free(byte);
}
END_TEST

START_TEST(a_size_beyond_memory_changes_nothing)
{
	char *byte = NULL;
	size_t room = 0, wide = SIZE_MAX / 2 + 1;

	ck_assert(!array_room(&byte, 0, &room, SIZE_MAX / 2));
	ck_assert_ptr_null(byte);
	ck_assert_uint_eq(room, 0);
	ck_assert(!array_room(&byte, wide, &wide, 1));
	ck_assert_ptr_null(byte);
	ck_assert_uint_eq(wide, SIZE_MAX / 2 + 1);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("array");
	TCase *t = tcase_create("array");

	tcase_add_test(t, what_was_put_in_stays_while_it_grows);
	tcase_add_test(t, room_that_is_there_moves_nothing);
	tcase_add_test(t, a_size_beyond_memory_changes_nothing);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
