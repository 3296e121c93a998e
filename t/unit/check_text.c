/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/text.h"

#include "t/unit/runner.h"

START_TEST(an_append_happens_whole_or_not_at_all)
{
	struct text t = TEXT_INIT(5);

	ck_assert_int_eq(text_append(&t, SLICE("abc")), TEXT_OK);
	ck_assert_int_eq(text_append(&t, SLICE("def")), TEXT_FULL);
	ck_assert_str_eq(text_cstr(&t), "abc");
	ck_assert_int_eq(text_append(&t, SLICE("de")), TEXT_OK);
	ck_assert_str_eq(text_cstr(&t), "abcde");
	text_clear(&t);
	text_clear(&t);
	ck_assert_str_eq(text_cstr(&t), "");
	ck_assert_uint_eq(t.limit, 5);
}
END_TEST

START_TEST(a_failure_without_words_had_no_memory)
{
	struct text t = TEXT_INIT(20);

	ck_assert_str_eq(text_reason(&t), "out of memory");
	text_printf(&t, "no such file");
	ck_assert_str_eq(text_reason(&t), "no such file");
	text_clear(&t);
}
END_TEST

START_TEST(a_message_too_long_ends_in_dots)
{
	struct text t = TEXT_INIT(10);

	text_printf(&t, "%s", "0123456789ABC");
	ck_assert_str_eq(text_cstr(&t), "0123456...");
	text_clear(&t);
}
END_TEST

static const struct {
	size_t n;
	const char *left;
} drop[] = { { 0, "abcde" }, { 1, "bcde" }, { 4, "e" }, { 5, "" }, { 6, "" } };

START_TEST(the_front_goes_and_the_rest_stays)
{
	struct text t = TEXT_INIT(5);

	ck_assert_int_eq(text_append(&t, SLICE("abcde")), TEXT_OK);
	text_drop(&t, drop[_i].n);
	ck_assert_str_eq(text_cstr(&t), drop[_i].left);
	ck_assert_int_eq(
	    text_append(&t, slice_first(SLICE("12345"), drop[_i].n)), TEXT_OK);
	ck_assert_uint_eq(t.len, 5);
	text_clear(&t);
	text_drop(&t, 1); /* of one that holds nothing, and no memory */
	ck_assert_uint_eq(t.len, 0);
}
END_TEST

static const struct {
	struct slice raw;
	size_t most;
	const char *want;
} escape[] = {
	{ SLICE("plain"), 100, "plain" },
	{ SLICE("a\nb\rc\td\\"), 100, "a\\nb\\rc\\td\\\\" },
	{ SLICE("\0\033\177\377"), 100, "\\x00\\x1B\\x7F\\xFF" },
	{ SLICE("0123456789"), 4, "0123..." },
	{ SLICE("0123"), 4, "0123" },
	{ SLICE(""), 0, "" },
};

START_TEST(a_bare_value_ends_where_it_ends)
{
	struct text t = TEXT_INIT(1000);

	text_append_bare(&t, SLICE("me [1] it's=\n"), 100);
	ck_assert_str_eq(text_cstr(&t), "me\\x20\\x5B1\\x5D\\x20it\\x27s=\\n");
	text_clear(&t);
}
END_TEST

START_TEST(makes_bytes_fit_for_a_log_line)
{
	struct text t = TEXT_INIT(1000);

	text_append_escaped(&t, escape[_i].raw, escape[_i].most);
	ck_assert_str_eq(text_cstr(&t), escape[_i].want);
	text_clear(&t);
}
END_TEST

START_TEST(lines_end_at_lf_or_crlf)
{
	struct slice rest = SLICE("a\r\n\nb\rc\nlast"), line;
	static const struct slice want[] = { SLICE("a"), SLICE(""), SLICE("b\rc"),
		SLICE("last") };

	for (size_t i = 0; i < COUNT(want); i++) {
		ck_assert(slice_next_line(&rest, &line));
		ck_assert(slice_equal(line, want[i]));
	}
	ck_assert(!slice_next_line(&rest, &line));
}
END_TEST

START_TEST(what_is_quoted_stays_in_its_quotes)
{
	static const struct {
		struct slice bytes;
		size_t most;
		const char *want;
	} row[] = {
		{ SLICE("a@b"), 100, "'a@b'" },
		{ SLICE("a' action=accept '"), 100, "'a\\x27 action=accept \\x27'" },
		{ SLICE("a\\'"), 100, "'a\\\\\\x27'" },
		{ SLICE("a\r\nb\0"), 100, "'a\\r\\nb\\x00'" },
		{ SLICE("j\303\266rg"), 100, "'j\303\266rg'" },
		{ SLICE("j\303\266rg"), 2, "'j...'" },
		{ SLICE("\303\266\377\303"), 100, "'\303\266\\xFF\\xC3'" },
		{ SLICE("\302\205\342\200\256x"), 100, "'\\xC2\\x85\\xE2\\x80\\xAEx'" },
		{ SLICE(""), 100, "''" },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		struct text t = TEXT_INIT(100);

		text_append_quoted(&t, row[i].bytes, row[i].most);
		ck_assert_str_eq(text_cstr(&t), row[i].want);
		text_clear(&t);
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("text");
	TCase *t = tcase_create("text");

	tcase_add_test(t, what_is_quoted_stays_in_its_quotes);
	tcase_add_test(t, an_append_happens_whole_or_not_at_all);
	tcase_add_test(t, a_message_too_long_ends_in_dots);
	tcase_add_test(t, a_failure_without_words_had_no_memory);
	tcase_add_test(t, a_bare_value_ends_where_it_ends);
	tcase_add_loop_test(t, makes_bytes_fit_for_a_log_line, 0, COUNT(escape));
	tcase_add_loop_test(t, the_front_goes_and_the_rest_stays, 0, COUNT(drop));
	tcase_add_test(t, lines_end_at_lf_or_crlf);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
