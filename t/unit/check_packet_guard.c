/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/packet_guard.h"

#include <string.h>

#include "t/unit/runner.h"

enum { LIST_MAX = 32 };

static const struct {
	const char *what;
	const char *before, *after;
	size_t len;
} row[] = {
	{ "no macro", "", "", 0 },
	{ "a name with its value", "i\0Q1\0", "i\0Q1\0", 5 },
	{ "a name alone", "i\0", "i?", 2 },
	{ "a name alone behind a pair", "i\0Q1\0j\0", "i\0Q1\0j?", 7 },
	{ "an empty name alone", "\0", "?", 1 },
	{ "an empty value is one", "i\0\0", "i\0\0", 3 },
	{ "a value without its end is none", "i\0Q1", "i?Q1", 4 },
	{ "a name without its end is none", "i\0Q1\0j", "i\0Q1\0j", 6 },
	{ "no end at all", "abc", "abc", 3 },
};

START_TEST(leaves_pairs_alone)
{
	char list[LIST_MAX];

	memcpy(list, row[_i].before, row[_i].len);
	packet_mend_macros(list, row[_i].len);
	ck_assert_msg(memcmp(list, row[_i].after, row[_i].len) == 0, "%s", row[_i].what);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("packet_guard");
	TCase *t = tcase_create("packet_guard");

	tcase_add_loop_test(t, leaves_pairs_alone, 0, (int)COUNT(row));
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
