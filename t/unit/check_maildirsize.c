/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/quota/maildirsize.h"

#include "t/unit/runner.h"

#define Q "26214400S,1000C\n"

/* clang-format off */
static const struct {
	const char *what;
	struct slice file;
	long age;
	enum maildirsize_status status;
	uint64_t bytes, messages;
	bool certain;
} row[] = {
	{ "one line", SLICE(Q "5120 3\n"), 0, MAILDIRSIZE_OK, 5120, 3, true },
	{ "Courier's padding", SLICE(Q "        5120       3\n"), 0, MAILDIRSIZE_OK, 5120, 3, true },
	{ "15 minutes old", SLICE(Q "5120 3\n"), 900, MAILDIRSIZE_OK, 5120, 3, true },
	{ "a second older", SLICE(Q "5120 3\n"), 901, MAILDIRSIZE_OK, 5120, 3, false },
	{ "written in the future", SLICE(Q "5120 3\n"), -7, MAILDIRSIZE_OK, 5120, 3, true },
	{ "two lines", SLICE(Q "5120 3\n10 1\n"), 0, MAILDIRSIZE_OK, 5130, 4, false },
	{ "a removal", SLICE(Q "5120 3\n-5000 -2\n"), 0, MAILDIRSIZE_OK, 120, 1, false },
	{ "tabs", SLICE(Q "5120\t3\n"), 0, MAILDIRSIZE_OK, 5120, 3, true },
	{ "CRLF", SLICE("26214400S,1000C\r\n5120 3\r\n"), 0, MAILDIRSIZE_OK, 5120, 3, true },
	{ "no line yet", SLICE(Q), 0, MAILDIRSIZE_OK, 0, 0, true },
	{ "a last line being written", SLICE(Q "5120 3\n99999999 1"), 0, MAILDIRSIZE_OK, 5120, 3, true },
	{ "the first line being written", SLICE("26214400S"), 0, MAILDIRSIZE_NO_QUOTA, 0, 0, false },
	{ "removed below zero for a while", SLICE(Q "-10 0\n20 1\n"), 0, MAILDIRSIZE_OK, 10, 1, false },
	{ "negative in all", SLICE(Q "5120 3\n-5121 -3\n"), 0, MAILDIRSIZE_RECOUNT, 0, 0, false },
	{ "negative messages", SLICE(Q "5120 -1\n"), 0, MAILDIRSIZE_RECOUNT, 0, 0, false },
	{ "a NUL byte", SLICE(Q "5120 3\n\0\0\0\n"), 0, MAILDIRSIZE_RECOUNT, 0, 0, false },
	{ "a word", SLICE(Q "many 3\n"), 0, MAILDIRSIZE_RECOUNT, 0, 0, false },
	{ "one number", SLICE(Q "5120\n"), 0, MAILDIRSIZE_RECOUNT, 0, 0, false },
	{ "three numbers", SLICE(Q "5120 3 1\n"), 0, MAILDIRSIZE_RECOUNT, 0, 0, false },
	{ "an empty line", SLICE(Q "\n5120 3\n"), 0, MAILDIRSIZE_RECOUNT, 0, 0, false },
	{ "just below 2^63", SLICE(Q "9223372036854775807 3\n"), 0, MAILDIRSIZE_OK, 9223372036854775807u, 3, true },
	{ "2^63", SLICE(Q "9223372036854775808 3\n"), 0, MAILDIRSIZE_RECOUNT, 0, 0, false },
	{ "sums beyond 2^63", SLICE(Q "9223372036854775807 3\n1 1\n"), 0, MAILDIRSIZE_RECOUNT, 0, 0, false },
	{ "an empty file", SLICE(""), 0, MAILDIRSIZE_NO_QUOTA, 0, 0, false },
	{ "an empty first line", SLICE("\n5120 3\n"), 0, MAILDIRSIZE_NO_QUOTA, 0, 0, false },
	{ "no letter", SLICE("26214400\n1 1\n"), 0, MAILDIRSIZE_NO_QUOTA, 0, 0, false },
	{ "another letter", SLICE("26214400X\n1 1\n"), 0, MAILDIRSIZE_NO_QUOTA, 0, 0, false },
	{ "junk behind the letter", SLICE("26214400Sx\n1 1\n"), 0, MAILDIRSIZE_NO_QUOTA, 0, 0, false },
	{ "a negative quota", SLICE("-1S\n1 1\n"), 0, MAILDIRSIZE_NO_QUOTA, 0, 0, false },
	{ "a NUL in the quota", SLICE("1\0S\n1 1\n"), 0, MAILDIRSIZE_NO_QUOTA, 0, 0, false },
};

static const struct {
	struct slice line;
	uint64_t bytes, messages;
} quota[] = {
	{ SLICE("100S\n"), 100, 0 },
	{ SLICE("7C\n"), 0, 7 },
	{ SLICE("7C,100S\n"), 100, 7 },
	{ SLICE("0S\n"), 0, 0 },
	{ SLICE("18446744073709551616S\n"), UINT64_MAX, 0 },
	{ SLICE("100S        \n"), 100, 0 },
};

static const struct {
	struct slice name;
	bool found;
	uint64_t size;
} name[] = {
	{ SLICE("1053.M1P2.host,S=4711"), true, 4711 },
	{ SLICE("1053.M1P2.host,S=4711:2,S"), true, 4711 },
	{ SLICE("1053.M1P2.host,S=4711,W=4800:2,"), true, 4711 },
	{ SLICE("1053.M1P2.host,W=4800,S=4711:2,"), true, 4711 },
	{ SLICE("1053.M1P2.host"), false, 0 },
	{ SLICE("1053.M1P2.host:2,S"), false, 0 },
	{ SLICE("1053.M1P2.host:2,S=5"), false, 0 },
	{ SLICE("1053.M1P2.host,S="), false, 0 },
	{ SLICE("1053.M1P2.host,S=-5"), false, 0 },
	{ SLICE("1053.M1P2.host,S=5x"), false, 0 },
	{ SLICE(""), false, 0 },
	{ SLICE(","), false, 0 },
};
/* clang-format on */

START_TEST(sums_the_lines)
{
	struct usage u = { 0 };

	ck_assert_msg(maildirsize_parse(row[_i].file, row[_i].age, &u) == row[_i].status,
	    "%s: status", row[_i].what);
	if (row[_i].status == MAILDIRSIZE_NO_QUOTA)
		return;
	ck_assert_msg(u.bytes_limit == 26214400 && u.messages_limit == 1000, "%s: limits",
	    row[_i].what);
	ck_assert_msg(u.bytes == row[_i].bytes && u.messages == row[_i].messages,
	    "%s: %llu %llu", row[_i].what, (unsigned long long)u.bytes,
	    (unsigned long long)u.messages);
	ck_assert_msg(u.certain == row[_i].certain, "%s: certain", row[_i].what);
}
END_TEST

START_TEST(reads_the_quota)
{
	struct usage u = { 0 };

	ck_assert_int_eq(maildirsize_parse(quota[_i].line, 0, &u), MAILDIRSIZE_OK);
	ck_assert_uint_eq(u.bytes_limit, quota[_i].bytes);
	ck_assert_uint_eq(u.messages_limit, quota[_i].messages);
}
END_TEST

START_TEST(wants_a_recount_at_5120_bytes)
{
	static char file[5121];
	struct usage u = { 0 };
	size_t at = strlen("10000000S\n");

	memcpy(file, "10000000S\n", at);
	for (; at + 10 <= sizeof file; at += 10)
		memcpy(file + at, "     1  1\n", 10);
	memset(file + at, ' ', sizeof file - at); /* a line being written */
	for (size_t len = 5119; len <= 5121; len++) {
		struct slice s = { file, len };
		ck_assert_int_eq(maildirsize_parse(s, 0, &u),
		    len < 5120 ? MAILDIRSIZE_OK : MAILDIRSIZE_RECOUNT);
	}
	ck_assert_uint_eq(u.bytes_limit, 10000000);
}
END_TEST

START_TEST(finds_the_size_in_a_name)
{
	uint64_t size = 0;

	ck_assert_int_eq(maildir_name_size(name[_i].name, &size), name[_i].found);
	ck_assert_uint_eq(size, name[_i].size);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("maildirsize");
	TCase *t = tcase_create("parse");

	tcase_add_loop_test(t, sums_the_lines, 0, COUNT(row));
	tcase_add_loop_test(t, reads_the_quota, 0, COUNT(quota));
	tcase_add_test(t, wants_a_recount_at_5120_bytes);
	tcase_add_loop_test(t, finds_the_size_in_a_name, 0, COUNT(name));
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
