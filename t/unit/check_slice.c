/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/slice.h"

#include "t/unit/runner.h"

/* What slice_next_word() takes off, again and again, each in brackets. */
static const struct {
	const char *what;
	struct slice rest;
	const char *words;
} word[] = {
	{ "nothing", SLICE(""), "[]" },
	{ "blanks alone", SLICE(" \t\r\n"), "[]" },
	{ "one word", SLICE("one"), "[one][]" },
	{ "blanks around it", SLICE("\t one \r\n"), "[one][]" },
	{ "spaces and tabs part", SLICE("one \t two\tthree"), "[one][two][three][]" },
	{ "a line's end in the middle parts nothing", SLICE("a\nb c"), "[a\nb][c][]" },
	{ "a NUL is a byte", SLICE("a\0 b"), "[a?][b][]" },
};

START_TEST(takes_words)
{
	struct slice rest = word[_i].rest, one;
	char got[100] = "";
	size_t n = 0;

	do {
		one = slice_next_word(&rest);
		got[n++] = '[';
		for (size_t i = 0; i < one.len; i++)
			got[n++] = one.ptr[i] != '\0' ? one.ptr[i] : '?';
		got[n++] = ']';
	} while (one.len != 0);
	got[n] = '\0';
	ck_assert_msg(strcmp(got, word[_i].words) == 0, "%s: %s", word[_i].what, got);
}
END_TEST

static const struct {
	const char *what;
	struct slice rest, piece, left;
} piece[] = {
	{ "nothing", SLICE(""), SLICE(""), SLICE("") },
	{ "no end of a line", SLICE("abc"), SLICE("abc"), SLICE("") },
	{ "the LF stays, and the CR", SLICE("a\r\nb"), SLICE("a\r\n"), SLICE("b") },
	{ "an empty line", SLICE("\n\nx"), SLICE("\n"), SLICE("\nx") },
	{ "a bare CR ends none", SLICE("a\rb\n"), SLICE("a\rb\n"), SLICE("") },
};

START_TEST(takes_pieces)
{
	struct slice rest = piece[_i].rest;
	struct slice got = slice_next_piece(&rest);

	ck_assert_msg(slice_equal(got, piece[_i].piece), "%s", piece[_i].what);
	ck_assert_msg(slice_equal(rest, piece[_i].left), "%s", piece[_i].what);
}
END_TEST

START_TEST(takes_one_last_byte_off)
{
	ck_assert(slice_equal(slice_without_last(SLICE("a.b.."), '.'), SLICE("a.b.")));
	ck_assert(slice_equal(slice_without_last(SLICE("a.b"), '.'), SLICE("a.b")));
	ck_assert_uint_eq(slice_without_last(SLICE("."), '.').len, 0);
	ck_assert_uint_eq(slice_without_last(SLICE(""), '.').len, 0);
}
END_TEST

START_TEST(takes_a_mark_off_the_front)
{
	ck_assert(slice_equal(slice_behind_mark(SLICE("\357\273\277a")), SLICE("a")));
	ck_assert(slice_equal(slice_behind_mark(SLICE("\357\273")), SLICE("\357\273")));
	ck_assert(slice_equal(
	    slice_behind_mark(SLICE("a\357\273\277")), SLICE("a\357\273\277")));
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("slice");
	TCase *t = tcase_create("slice");

	tcase_add_loop_test(t, takes_words, 0, COUNT(word));
	tcase_add_loop_test(t, takes_pieces, 0, COUNT(piece));
	tcase_add_test(t, takes_one_last_byte_off);
	tcase_add_test(t, takes_a_mark_off_the_front);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
