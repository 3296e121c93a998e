/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/smtp/data.h"

#include "t/unit/runner.h"

static const struct {
	const char *what;
	struct slice in, out, rest;
	enum data_status end;
	bool loose;
} row[] = {
	{ "an empty message", SLICE(".\r\nQUIT"), SLICE(""), SLICE("QUIT"), DATA_END,
	    false },
	{ "one line", SLICE("a\r\n.\r\n"), SLICE("a\r\n"), SLICE(""), DATA_END, false },
	{ "empty lines stay", SLICE("\r\n\r\n.\r\n"), SLICE("\r\n\r\n"), SLICE(""),
	    DATA_END, false },
	{ "one dot is taken off", SLICE("..\r\n.\r\n"), SLICE(".\r\n"), SLICE(""),
	    DATA_END, false },
	{ "one of three", SLICE("...\r\n.\r\n"), SLICE("..\r\n"), SLICE(""), DATA_END,
	    false },
	{ "a dot before a word", SLICE(".a\r\n.\r\n"), SLICE("a\r\n"), SLICE(""),
	    DATA_END, false },
	{ "dots inside stay", SLICE("a.\r\nb.c\r\n.\r\n"), SLICE("a.\r\nb.c\r\n"),
	    SLICE(""), DATA_END, false },
	{ "commands inside are text", SLICE("QUIT\r\n.\r\nMAIL"), SLICE("QUIT\r\n"),
	    SLICE("MAIL"), DATA_END, false },
	{ "a dot line that goes on", SLICE(". \r\n.\r\n"), SLICE(" \r\n"), SLICE(""),
	    DATA_END, false },
	{ "no end yet", SLICE("a\r\n."), SLICE("a\r\n"), SLICE(""), DATA_MORE, false },
	{ "no end yet, with CR", SLICE("a\r\n.\r"), SLICE("a\r\n"), SLICE(""), DATA_MORE,
	    false },
	{ "LF . LF is no end", SLICE("a\n.\nMAIL"), SLICE("a"), SLICE("\n.\nMAIL"),
	    DATA_BARE_LF, false },
	{ "CRLF . LF is no end", SLICE("a\r\n.\nMAIL"), SLICE("a\r\n"), SLICE("\nMAIL"),
	    DATA_BARE_LF, false },
	{ "LF . CRLF is no end", SLICE("a\n.\r\n"), SLICE("a"), SLICE("\n.\r\n"),
	    DATA_BARE_LF, false },
	{ "CR . CR is no end", SLICE("a\r.\rb"), SLICE("a"), SLICE("\rb"), DATA_BARE_CR,
	    false },
	{ "CR CR LF", SLICE("a\r\r\n"), SLICE("a"), SLICE("\n"), DATA_BARE_CR, false },
	{ "dot CR and a letter", SLICE(".\rx"), SLICE(""), SLICE(""), DATA_BARE_CR,
	    false },
	{ "dot CR CR LF", SLICE(".\r\r\n"), SLICE(""), SLICE("\n"), DATA_BARE_CR, false },
	{ "NUL is kept", SLICE("a\0b\r\n.\r\n"), SLICE("a\0b\r\n"), SLICE(""), DATA_END,
	    false },
	{ "8-bit is kept", SLICE("\377\200\r\n.\r\n"), SLICE("\377\200\r\n"), SLICE(""),
	    DATA_END, false },
	{ "loose: a bare LF ends a line", SLICE("a\nb\r\n.\r\n"), SLICE("a\r\nb\r\n"),
	    SLICE(""), DATA_END, true },
	{ "loose: LF . LF is the end", SLICE("a\n.\nMAIL"), SLICE("a\r\n"), SLICE("MAIL"),
	    DATA_END, true },
	{ "loose: one dot is taken off", SLICE("..\n.\r\n"), SLICE(".\r\n"), SLICE(""),
	    DATA_END, true },
	{ "loose: a bare CR is a blank", SLICE("a\r\rb\r\n.\r\n"), SLICE("a  b\r\n"),
	    SLICE(""), DATA_END, true },
	{ "loose: CRs in front of the LF go", SLICE("a\rb\r\r\n.\r\r\n"),
	    SLICE("a b\r\n"), SLICE(""), DATA_END, true },
	{ "loose: dot CR CR LF is the end", SLICE(".\r\r\nMAIL"), SLICE(""),
	    SLICE("MAIL"), DATA_END, true },
	{ "loose: dot CR CR and a letter", SLICE(".\r\rx\r\n.\r\n"), SLICE("  x\r\n"),
	    SLICE(""), DATA_END, true },
	{ "loose: dot CR and a letter", SLICE(".\rx\r\n.\r\n"), SLICE(" x\r\n"),
	    SLICE(""), DATA_END, true },
};

/* Feeds `in` in three pieces. */
static enum data_status
feed_cut(struct data *d, struct slice in, size_t a, size_t b, struct text *out,
    struct text *rest)
{
	const struct slice piece[] = { slice_first(in, a),
		slice_first(slice_from(in, a), b - a), slice_from(in, b) };
	enum data_status status = DATA_MORE;

	for (size_t i = 0; i < COUNT(piece); i++) {
		struct slice p = piece[i];
		if (status == DATA_MORE)
			status = data_feed(d, &p, out);
		ck_assert(text_append(rest, p) == TEXT_OK);
	}
	return status;
}

START_TEST(ends_alike_wherever_it_is_cut)
{
	struct slice in = row[_i].in;

	for (size_t a = 0; a <= in.len; a++) {
		for (size_t b = a; b <= in.len; b++) {
			struct text out = TEXT_INIT(1000), rest = TEXT_INIT(1000);
			struct data d;
			data_begin(&d, 0, row[_i].loose);
			enum data_status got = feed_cut(&d, in, a, b, &out, &rest);
			ck_assert_msg(got == row[_i].end, "%s, cut at %zu, %zu: %d",
			    row[_i].what, a, b, got);
			ck_assert_msg(slice_equal(text_slice(&out), row[_i].out),
			    "%s, cut at %zu, %zu: text '%s'", row[_i].what, a, b,
			    text_cstr(&out));
			ck_assert_msg(slice_equal(text_slice(&rest), row[_i].rest),
			    "%s, cut at %zu, %zu: rest '%s'", row[_i].what, a, b,
			    text_cstr(&rest));
			text_clear(&out);
			text_clear(&rest);
		}
	}
}
END_TEST

START_TEST(reads_on_when_it_is_too_big)
{
	struct text out = TEXT_INIT(6);
	struct slice in = SLICE("abc\r\ndef\r\n.\r\nNOOP");
	struct data d;

	data_begin(&d, 0, false);
	ck_assert_int_eq(data_feed(&d, &in, &out), DATA_END);
	ck_assert(d.too_big);
	ck_assert(slice_equal(in, SLICE("NOOP")));
	ck_assert_uint_le(out.len, 6);
	text_clear(&out);
}
END_TEST

static const struct {
	size_t limit;
	bool too_long;
} line_limit[] = { { 0, false }, { 12, false }, { 11, true }, { 10, true } };

START_TEST(a_line_counts_with_its_crlf)
{
	struct text out = TEXT_INIT(100);
	struct slice in = SLICE("short\r\n0123456789\r\nshort\r\n.\r\n");
	struct data d;

	data_begin(&d, line_limit[_i].limit, false);
	ck_assert_int_eq(data_feed(&d, &in, &out), DATA_END);
	ck_assert_int_eq(d.too_long, line_limit[_i].too_long);
	text_clear(&out);
}
END_TEST

START_TEST(names_a_nul)
{
	struct text out = TEXT_INIT(100);
	struct slice with = SLICE("a\r\n\0\r\n.\r\n"), without = SLICE("a\r\n.\r\n");
	struct data d;

	data_begin(&d, 0, false);
	ck_assert_int_eq(data_feed(&d, &with, &out), DATA_END);
	ck_assert(d.nul);
	data_begin(&d, 0, false);
	ck_assert_int_eq(data_feed(&d, &without, &out), DATA_END);
	ck_assert(!d.nul);
	text_clear(&out);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("data");
	TCase *t = tcase_create("text behind DATA");

	tcase_add_loop_test(t, ends_alike_wherever_it_is_cut, 0, COUNT(row));
	tcase_add_test(t, reads_on_when_it_is_too_big);
	tcase_add_loop_test(t, a_line_counts_with_its_crlf, 0, COUNT(line_limit));
	tcase_add_test(t, names_a_nul);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
