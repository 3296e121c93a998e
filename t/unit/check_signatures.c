/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/virus/signatures.h"

#include "t/unit/runner.h"

#define LINE76                                                                           \
	"DUxhuml30nenGwkz6SxOb2GMamANTGfHdhe2WDEx83Qb1i0WLBgMtqM3pQG4Gi0AiSYCMuFdYleq"

static const struct signature_rules rules = { .min_pattern = SIGNATURE_SHORTEST };

/* Entries as "NAME:PATTERN:LINE ", warnings behind them. */
static void
show(struct text *to, const struct signatures *s)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct signature *e = &s->entry[i];

		text_printf(to, "%.*s:%.*s:%zu ", (int)e->name.len, e->name.ptr,
		    (int)e->pattern.len, e->pattern.ptr, e->line);
	}
	if (s->warnings.len > 0)
		ck_assert_int_eq(text_append(to, text_slice(&s->warnings)), TEXT_OK);
}

/* clang-format off */
static const struct {
	const char *what;
	struct slice text;
	const char *want;
} good[] = {
	{ "one entry",
	    SLICE("A =\nabcdefgh\n"), "A:abcdefgh:2 " },
	{ "no line end at the end",
	    SLICE("A =\nabcdefgh"), "A:abcdefgh:2 " },
	{ "CRLF",
	    SLICE("A =\r\nabcdefgh\r\nijk\r\n\r\nB=\r\n12345678\r\n"),
	    "A:abcdefghijk:2 B:12345678:6 " },
	{ "CRLF and LF in one file, CR at the very end",
	    SLICE("A =\nabcdefgh\r\nB =\r\n12345678\r"), "A:abcdefgh:2 B:12345678:4 " },
	{ "UTF-8 mark at the beginning",
	    SLICE("\xef\xbb\xbf" "A =\nabcdefgh\n"), "A:abcdefgh:2 " },
	{ "no blanks, many blanks, tabs in a name line",
	    SLICE("A=\nabcdefgh\n \tB.1_x-Y \t= \t\n12345678\n"), "A:abcdefgh:2 B.1_x-Y:12345678:4 " },
	{ "blanks at either end of a pattern line are not part of it",
	    SLICE("A =\n  abcdefgh \t\n"), "A:abcdefgh:2 " },
	{ "blanks within a pattern are",
	    SLICE("A =\nThis program\tcannot be run\n"), "A:This program\tcannot be run:2 " },
	{ "a wrapped pattern is joined",
	    SLICE("A =\nabcd\nefgh\nijkl\n"), "A:abcdefghijkl:2 " },
	{ "blank lines between entries, and below a name",
	    SLICE("\n\nA =\n\n  \nabcdefgh\n\n\nB =\n12345678\n\n"), "A:abcdefgh:6 B:12345678:10 " },
	{ "comments anywhere, with any bytes",
	    SLICE("# M\303\274ll\0er\nA =\n  # within\nabcd\n# still within\nefgh\n#=\n"),
	    "A:abcdefgh:4 " },
	{ "a pattern that ends in == is a pattern",
	    SLICE("A =\nabcdefAA==\nB =\nab+defA=\n"), "A:abcdefAA==:2 B:ab+defA=:4 " },
	{ "quoted-printable, = at the end of the line",
	    SLICE("A =\n<IFRAME SRC=3D\"cid:abc\" HEIGHT=\n"), "A:<IFRAME SRC=3D\"cid:abc\" HEIGHT=:2 " },
	{ "= in the middle of a pattern",
	    SLICE("A =\ncharset=iso-8859-1\n"), "A:charset=iso-8859-1:2 " },
	{ "several entries with one name",
	    SLICE("A =\nabcdefgh\nA =\nijklmnop\n"), "A:abcdefgh:2 A:ijklmnop:4 " },
	{ "equal patterns: a warning",
	    SLICE("A =\nabcdefgh\nB =\nabcd\nefgh\nC =\nabcdefgh\n"),
	    "A:abcdefgh:2 B:abcdefgh:4 C:abcdefgh:7 "
	    "4: the same pattern as in line 2 (A), remove one of them\n"
	    "7: the same pattern as in line 2 (A), remove one of them\n" },
	{ "four characters three times only",
	    SLICE("A =\nABCDABCDABCD\n"), "A:ABCDABCDABCD:2 " },
	{ "a pattern of five characters over and over",
	    SLICE("A =\nabcdeabcdeabcdeabcde\n"), "A:abcdeabcdeabcdeabcde:2 " },
};

static const struct {
	const char *what;
	struct slice text;
	const char *want;
} bad[] = {
	{ "nothing", SLICE(""),
	    "1: the file ends without a signature, and without any every virus would pass: put in at least one" },
	{ "blank lines and comments alone", SLICE("\n# A =\n# abcdefgh\n\n"),
	    "4: the file ends without a signature, and without any every virus would pass: put in at least one" },
	{ "a name at the end", SLICE("A =\nabcdefgh\n\nKLEZ =\n"),
	    "4: 'KLEZ' has no pattern, put one below it; if this line ends a pattern, leave its '=' off" },
	{ "a name in the middle", SLICE("KLEZ =\n\nA =\nabcdefgh\n"),
	    "1: 'KLEZ' has no pattern, put one below it; if this line ends a pattern, leave its '=' off" },
	{ "a base64 line that is all name characters and one =", SLICE("A =\nabcdefgh\nefgh=\n"),
	    "3: 'efgh' has no pattern, put one below it; if this line ends a pattern, leave its '=' off" },
	{ "a pattern before any name", SLICE("# x\nabcdefgh\nA =\n12345678\n"),
	    "2: 'abcdefgh' has no name, put a line 'NAME =' above it" },
	{ "a blank line within a pattern", SLICE("A =\nabcdefgh\n\nijklmnop\n"),
	    "4: 'ijklmnop' has no name, put a line 'NAME =' above it" },
	{ "a blank in a name", SLICE("A =\nabcdefgh\nW32 KLEZ =\n12345678\n"),
	    "3: 'W32 KLEZ =' is not a name, which holds letters, digits, '.', '_' and '-' alone; if it is a pattern, leave its last '=' off" },
	{ "a colon in a name", SLICE("W32:KLEZ =\n12345678\n"),
	    "1: 'W32:KLEZ =' is not a name, which holds letters, digits, '.', '_' and '-' alone; if it is a pattern, leave its last '=' off" },
	{ "no name before the =", SLICE("=\n12345678\n"),
	    "1: '=' is not a name, which holds letters, digits, '.', '_' and '-' alone; if it is a pattern, leave its last '=' off" },
	{ "name and pattern on one line", SLICE("A =\nabcdefgh\nB = 12345678\n"),
	    "3: 'B = 12345678' has more behind its '=', put the pattern on the line below the name" },
	{ "the same without a blank before the =", SLICE("B= 12345678\n"),
	    "1: 'B= 12345678' has more behind its '=', put the pattern on the line below the name" },
	{ "a comment behind a name", SLICE("A = # the first\nabcdefgh\n"),
	    "1: 'A = # the first' has more behind its '=', put the pattern on the line below the name" },
	{ "seven characters", SLICE("A =\nabcdefg\n"),
	    "2: a pattern of 7 characters, at least 8 are needed: take more of the line" },
	{ "one character", SLICE("A =\n\n\nx\n\n"),
	    "4: a pattern of 1 characters, at least 8 are needed: take more of the line" },
	{ "one character over and over", SLICE("A =\nAAAAAAAAAAAAAAAAAAAA\n"),
	    "2: the pattern is a few characters over and over, which clean mail may hold: take a line that looks random" },
	{ "four characters over and over, wrapped", SLICE("A =\nABCDABCDAB\nCDABCD\n"),
	    "2: the pattern is a few characters over and over, which clean mail may hold: take a line that looks random" },
	{ "a NUL", SLICE("A =\nabc\0defgh\n"),
	    "2: byte 0x00 in column 4, a pattern is printable ASCII as mail carries it: take another line of the message" },
	{ "an 8-bit byte", SLICE("A =\nabcdefgh\n  \351t\351\n"),
	    "3: byte 0xE9 in column 3, a pattern is printable ASCII as mail carries it: take another line of the message" },
	{ "an 8-bit byte in a name", SLICE("M\303\274LL =\nabcdefgh\n"),
	    "1: byte 0xC3 in column 2, a pattern is printable ASCII as mail carries it: take another line of the message" },
	{ "a bare CR", SLICE("A =\nabcd\refgh\n"),
	    "2: byte 0x0D in column 5, a pattern is printable ASCII as mail carries it: take another line of the message" },
	{ "an escape character", SLICE("A =\n\033[2Jabcdefgh\n"),
	    "2: byte 0x1B in column 1, a pattern is printable ASCII as mail carries it: take another line of the message" },
	{ "UTF-16, small end first", SLICE("\xff\xfe" "A\0 \0=\0"),
	    "1: the file is UTF-16, save it as plain ASCII" },
	{ "UTF-16, big end first", SLICE("\xfe\xff" "\0A\0 \0="),
	    "1: the file is UTF-16, save it as plain ASCII" },
	{ "a mark that is not at the beginning", SLICE("A =\n\xef\xbb\xbf" "abcdefgh\n"),
	    "2: byte 0xEF in column 1, a pattern is printable ASCII as mail carries it: take another line of the message" },
};
/* clang-format on */

START_TEST(reads)
{
	struct signatures s = { 0 };
	struct text why = TEXT_INIT(1000), got = TEXT_INIT(5000);

	ck_assert_msg(signatures_parse(good[_i].text, &rules, &s, &why), "%s: %s",
	    good[_i].what, text_cstr(&why));
	show(&got, &s);
	ck_assert_str_eq(text_cstr(&got), good[_i].want);
	signatures_clear(&s);
	signatures_clear(&s);
	text_clear(&got);
	text_clear(&why);
}
END_TEST

START_TEST(refuses)
{
	struct signatures s = { .count = 4711 };
	struct text why = TEXT_INIT(1000);

	ck_assert_msg(
	    !signatures_parse(bad[_i].text, &rules, &s, &why), "%s", bad[_i].what);
	ck_assert_str_eq(text_cstr(&why), bad[_i].want);
	ck_assert_uint_eq(s.count, 4711);
	text_clear(&why);
}
END_TEST

/* `n` characters between two texts. */
static struct slice
stuffed(struct text *t, const char *before, size_t n, const char *after)
{
	text_printf(t, "%s", before);
	for (size_t i = 0; i < n; i++)
		text_printf(t, "%c", (int)('a' + i * i % 25));
	text_printf(t, "%s", after);
	return text_slice(t);
}

static const struct {
	const char *before, *after;
	size_t n;
	const char *want; /* NULL: good */
} sizes[] = {
	/* Row 17: strcpy() of a name into 100 bytes. */
	{ "", " =\n" LINE76 "\n", 99, NULL },
	{ "", " =\n" LINE76 "\n", 100, NULL },
	{ "", " =\n" LINE76 "\n", SIGNATURE_NAME_MAX, NULL },
	{ "", " =\n" LINE76 "\n", SIGNATURE_NAME_MAX + 1,
	    "1: a name of 201 characters, at most 200 are allowed" },
	{ "", " =\n" LINE76 "\n", 10000,
	    "1: a name of 10000 characters, at most 200 are allowed" },
	{ "A =\n", "\n", SIGNATURE_LONGEST, NULL },
	{ "A =\n", "\n", SIGNATURE_LONGEST + 1,
	    "2: a pattern of more than 65536 characters, take a part of it" },
	{ "A =\nabcdefgh\n", "\n", SIGNATURE_LONGEST - 7,
	    "2: a pattern of more than 65536 characters, take a part of it" },
	{ "A =\n", "", 1 << 20,
	    "2: a pattern of more than 65536 characters, take a part of it" },
	{ "", "", 1 << 20,
	    "1: 'abejqalyogavttvagoylaqjebabejqalyogavttv...' has no name, put a line "
	    "'NAME =' above it" },
};

START_TEST(bounds_names_and_patterns)
{
	struct signatures s = { 0 };
	struct text why = TEXT_INIT(1000), text = TEXT_INIT(2 << 20);
	struct slice in = stuffed(&text, sizes[_i].before, sizes[_i].n, sizes[_i].after);
	bool ok = signatures_parse(in, &rules, &s, &why);

	ck_assert_int_eq(ok, sizes[_i].want == NULL);
	ck_assert_str_eq(text_cstr(&why), ok ? "" : sizes[_i].want);
	if (ok)
		signatures_clear(&s);
	text_clear(&text);
	text_clear(&why);
}
END_TEST

START_TEST(min_pattern_is_an_option)
{
	struct signature_rules strict = { .min_pattern = 20 };
	struct signatures s = { 0 };
	struct text why = TEXT_INIT(1000);

	ck_assert(
	    !signatures_parse(SLICE("A =\nabcdefghijklmnopqrs\n"), &strict, &s, &why));
	ck_assert_str_eq(text_cstr(&why), "2: a pattern of 19 characters, at least 20 "
					  "are needed: take more of the line");
	ck_assert(
	    signatures_parse(SLICE("A =\nabcdefghijklmnopqrst\n"), &strict, &s, &why));
	signatures_clear(&s);
	text_clear(&why);
}
END_TEST

/* Row 15: an array of 200 entries. */
START_TEST(reads_any_number)
{
	static const size_t counts[] = { 1, 199, 200, 201, 100000 };
	struct signatures s = { 0 };
	struct text why = TEXT_INIT(1000), text = TEXT_INIT(32 << 20);

	for (size_t i = 0; i < COUNT(counts); i++) {
		text_clear(&text);
		for (size_t n = 0; n < counts[i]; n++)
			text_printf(&text, "N%zu =\n%07zu%s\n", n, n, LINE76);
		ck_assert(signatures_parse(text_slice(&text), &rules, &s, &why));
		ck_assert_uint_eq(s.count, counts[i]);
		ck_assert_uint_eq(s.entry[counts[i] - 1].line, 2 * counts[i]);
		ck_assert_uint_eq(s.warnings.len, 0);
		signatures_clear(&s);
	}
	text_clear(&text);
}
END_TEST

START_TEST(bounds_its_warnings)
{
	struct signatures s = { 0 };
	struct text why = TEXT_INIT(1000), text = TEXT_INIT(1 << 20);

	for (int n = 0; n < 2000; n++)
		text_printf(&text, "N =\nabcdefgh\n\n");
	ck_assert(signatures_parse(text_slice(&text), &rules, &s, &why));
	ck_assert_uint_eq(s.count, 2000);
	ck_assert_uint_le(s.warnings.len, SIGNATURE_WARNINGS_MAX);
	ck_assert_str_eq(text_cstr(&s.warnings) + s.warnings.len - 3, "...");
	signatures_clear(&s);
	text_clear(&text);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("signatures");
	TCase *t = tcase_create("parser");

	tcase_add_loop_test(t, reads, 0, COUNT(good));
	tcase_add_loop_test(t, refuses, 0, COUNT(bad));
	tcase_add_loop_test(t, bounds_names_and_patterns, 0, COUNT(sizes));
	tcase_add_test(t, min_pattern_is_an_option);
	tcase_add_test(t, reads_any_number);
	tcase_add_test(t, bounds_its_warnings);
	tcase_set_timeout(t, 30);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
