/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/utf8.h"

#include "t/unit/runner.h"

static const struct {
	const char *what;
	struct slice bytes;
	size_t len; /* 0: no character */
	uint32_t c;
} row[] = {
	{ "ASCII", SLICE("a"), 1, 'a' },
	{ "NUL", SLICE("\0"), 1, 0 },
	{ "two bytes", SLICE("\303\266x"), 2, 0xf6 },
	{ "three bytes", SLICE("\342\202\254"), 3, 0x20ac },
	{ "four bytes", SLICE("\360\237\230\200"), 4, 0x1f600 },
	{ "nothing", SLICE(""), 0, 0 },
	{ "a tail alone", SLICE("\266"), 0, 0 },
	{ "a head alone", SLICE("\303"), 0, 0 },
	{ "a head and a letter", SLICE("\303a"), 0, 0 },
	{ "longer than needed", SLICE("\300\257"), 0, 0 },
	{ "longer than needed by far", SLICE("\340\200\257"), 0, 0 },
	{ "a surrogate", SLICE("\355\240\200"), 0, 0 },
	{ "beyond Unicode", SLICE("\364\220\200\200"), 0, 0 },
	{ "five bytes", SLICE("\370\210\200\200\200"), 0, 0 },
	{ "Latin-1", SLICE("\377"), 0, 0 },
};

START_TEST(reads_a_character_or_nothing)
{
	uint32_t c = 0;
	char back[4];

	ck_assert_msg(utf8_next(row[_i].bytes, &c) == row[_i].len, "%s", row[_i].what);
	if (row[_i].len == 0)
		return;
	ck_assert_msg(c == row[_i].c, "%s", row[_i].what);
	ck_assert_uint_eq(utf8_put(back, c), row[_i].len);
	ck_assert_mem_eq(back, row[_i].bytes.ptr, row[_i].len);
}
END_TEST

START_TEST(one_bad_byte_spoils_all)
{
	ck_assert(utf8_valid(SLICE("")));
	ck_assert(utf8_valid(SLICE("b\303\274cher")));
	ck_assert(!utf8_valid(SLICE("b\303cher")));
	ck_assert(!utf8_valid(SLICE("b\303\274\200")));
	ck_assert(!utf8_valid(SLICE("b\303")));
}
END_TEST

START_TEST(lower_case_has_as_many_bytes)
{
	static const struct {
		uint32_t upper, lower;
	} pair[] = {
		{ 'A', 'a' },
		{ 'Z', 'z' },
		{ '[', '[' },
		{ 0xd6, 0xf6 },
		{ 0xd7, 0xd7 },
		{ 0xde, 0xfe },
		{ 0xdf, 0xdf },
		{ 0x100, 0x101 },
		{ 0x101, 0x101 },
		{ 0x130, 0x130 },
		{ 0x141, 0x142 },
		{ 0x17d, 0x17e },
		{ 0x386, 0x3ac },
		{ 0x391, 0x3b1 },
		{ 0x3a9, 0x3c9 },
		{ 0x410, 0x430 },
		{ 0x401, 0x451 },
		{ 0x531, 0x561 },
		{ 0x1ea0, 0x1ea1 },
		{ 0xff21, 0xff21 },
	};
	char a[4], b[4];

	for (size_t i = 0; i < COUNT(pair); i++)
		ck_assert_uint_eq(utf8_lower(pair[i].upper), pair[i].lower);
	for (uint32_t c = 0; c <= 0x10ffff; c++) {
		if (c >= 0xd800 && c <= 0xdfff)
			continue;
		uint32_t lower = utf8_lower(c);
		if (utf8_put(a, c) != utf8_put(b, lower) || utf8_lower(lower) != lower)
			ck_abort_msg("U+%04X", c); /* an assertion each would be slow */
	}
}
END_TEST

START_TEST(what_could_deceive_a_reader_is_not_printable)
{
	static const uint32_t hidden[] = { 0, '\n', 0x1b, 0x7f, 0x85, 0x9b, 0x200b,
		0x2028, 0x202e, 0x2066, 0xfeff, 0xfffe, 0xe000, 0xe0041, 0x10ffff };
	static const uint32_t shown[] = { ' ', '~', 0xa1, 0xf6, 0x3b1, 0x430, 0x4e2d,
		0x1f600 };

	for (size_t i = 0; i < COUNT(hidden); i++)
		ck_assert_msg(!utf8_is_printable(hidden[i]), "U+%04X", hidden[i]);
	for (size_t i = 0; i < COUNT(shown); i++)
		ck_assert_msg(utf8_is_printable(shown[i]), "U+%04X", shown[i]);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("utf8");
	TCase *t = tcase_create("utf8");

	tcase_set_timeout(t, 20);
	tcase_add_loop_test(t, reads_a_character_or_nothing, 0, COUNT(row));
	tcase_add_test(t, one_bad_byte_spoils_all);
	tcase_add_test(t, lower_case_has_as_many_bytes);
	tcase_add_test(t, what_could_deceive_a_reader_is_not_printable);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
