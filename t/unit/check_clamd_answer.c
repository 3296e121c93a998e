/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/virus/clamd_answer.h"

#include "t/unit/runner.h"

#define LONG_NAME                                                                        \
	"0123456789012345678901234567890123456789012345678901234567890123456789"         \
	"0123456789012345678901234567890123456789012345678901234567890123456789"         \
	"0123456789012345678901234567890123456789012345678901234567890123456789"         \
	"0123456789012345678901234567890123456789012345"

static const struct {
	const char *what;
	struct slice got;
	enum clamd_answer want;
	const char *words;
} row[] = {
	{ "nothing", SLICE(""), CLAMD_INCOMPLETE, NULL },
	{ "clean", SLICE("stream: OK\0"), CLAMD_CLEAN, NULL },
	{ "clean, but for its end", SLICE("stream: OK"), CLAMD_INCOMPLETE, NULL },
	{ "clean, in the form that ends in LF", SLICE("stream: OK\n"), CLAMD_OTHER,
	    "stream: OK" },
	{ "clean, of a descriptor", SLICE("fd[13]: OK\0"), CLAMD_CLEAN, NULL },
	{ "found", SLICE("stream: Win.Test.EICAR_HDB-1 FOUND\0"), CLAMD_FOUND,
	    "Win.Test.EICAR_HDB-1" },
	{ "found, of a descriptor", SLICE("fd[0]: X FOUND\0"), CLAMD_FOUND, "X" },
	{ "a name of printable ASCII, first and last of it", SLICE("stream: !~ FOUND\0"),
	    CLAMD_FOUND, "!~" },
	{ "a name with a blank", SLICE("stream: A B FOUND\0"), CLAMD_FOUND, "A B" },
	{ "a name that ends in FOUND", SLICE("stream: A FOUND FOUND\0"), CLAMD_FOUND,
	    "A FOUND" },
	{ "a name that says OK", SLICE("stream: OK FOUND\0"), CLAMD_FOUND, "OK" },
	{ "a name that is empty", SLICE("stream:  FOUND\0"), CLAMD_OTHER,
	    "stream:  FOUND" },
	{ "a name that is missing", SLICE("stream: FOUND\0"), CLAMD_OTHER,
	    "stream: FOUND" },
	{ "no subject", SLICE("OK\0"), CLAMD_OTHER, "OK" },
	{ "another subject", SLICE("/etc/passwd: OK\0"), CLAMD_OTHER, "/etc/passwd: OK" },
	{ "a descriptor without its number", SLICE("fd[]: OK\0"), CLAMD_OTHER,
	    "fd[]: OK" },
	{ "a name of a descriptor without its number", SLICE("fd[]: X FOUND\0"),
	    CLAMD_OTHER, "fd[]: X FOUND" },
	{ "a descriptor that is no number", SLICE("fd[x]: OK\0"), CLAMD_OTHER,
	    "fd[x]: OK" },
	{ "one byte", SLICE("x\0"), CLAMD_OTHER, "x" },
	{ "other case", SLICE("stream: ok\0"), CLAMD_OTHER, "stream: ok" },
	{ "more behind OK", SLICE("stream: OK, or not\0"), CLAMD_OTHER,
	    "stream: OK, or not" },
	{ "numbered, as in a session", SLICE("1: stream: OK\0"), CLAMD_OTHER,
	    "1: stream: OK" },
	{ "two answers", SLICE("stream: OK\0stream: OK\0"), CLAMD_NONSENSE, NULL },
	{ "one byte behind the end", SLICE("stream: OK\0\n"), CLAMD_NONSENSE, NULL },
	{ "an empty line", SLICE("\0"), CLAMD_NONSENSE, NULL },
	{ "a control character", SLICE("stream: a\x1b[2J FOUND\0"), CLAMD_NONSENSE,
	    NULL },
	{ "a byte beyond ASCII", SLICE("stream: \xc3\xa9 FOUND\0"), CLAMD_NONSENSE,
	    NULL },
	{ "a CR", SLICE("stream: OK\r\n"), CLAMD_NONSENSE, NULL },
	{ "the size limit", SLICE("INSTREAM size limit exceeded. ERROR\0"), CLAMD_OTHER,
	    "INSTREAM size limit exceeded. ERROR" },
	{ "the time limit", SLICE("COMMAND READ TIMED OUT\n"), CLAMD_OTHER,
	    "COMMAND READ TIMED OUT" },
	{ "pong", SLICE("PONG\0"), CLAMD_OTHER, "PONG" },
};

START_TEST(reads_an_answer)
{
	struct slice words = { NULL, 0 };
	enum clamd_answer got = clamd_answer_read(row[_i].got, &words);

	ck_assert_msg(got == row[_i].want, "%s: got %d", row[_i].what, got);
	if (row[_i].words != NULL)
		ck_assert_msg(slice_equal(words, slice_of(row[_i].words)),
		    "%s: words '%.*s'", row[_i].what, (int)words.len, words.ptr);
}
END_TEST

START_TEST(has_a_bound)
{
	char long_line[CLAMD_ANSWER_MAX + 1];
	struct slice words;

	memset(long_line, 'a', sizeof long_line);
	ck_assert_int_eq(
	    clamd_answer_read((struct slice){ long_line, CLAMD_ANSWER_MAX - 1 }, &words),
	    CLAMD_INCOMPLETE);
	ck_assert_int_eq(
	    clamd_answer_read((struct slice){ long_line, CLAMD_ANSWER_MAX }, &words),
	    CLAMD_NONSENSE);
	long_line[CLAMD_ANSWER_MAX - 1] = '\0';
	ck_assert_int_eq(
	    clamd_answer_read((struct slice){ long_line, CLAMD_ANSWER_MAX }, &words),
	    CLAMD_OTHER);
	ck_assert_uint_eq(words.len, CLAMD_ANSWER_MAX - 1);
}
END_TEST

START_TEST(takes_a_name_of_255_bytes_and_no_more)
{
	char line[] = "stream: " LONG_NAME LONG_NAME " FOUND";
	struct slice words, whole = { line, sizeof line };

	memset(line + 8, 'n', CLAMD_NAME_MAX);
	memcpy(line + 8 + CLAMD_NAME_MAX, " FOUND", sizeof " FOUND");
	whole.len = 8 + CLAMD_NAME_MAX + sizeof " FOUND";
	ck_assert_int_eq(clamd_answer_read(whole, &words), CLAMD_FOUND);
	ck_assert_uint_eq(words.len, CLAMD_NAME_MAX);
	memset(line + 8, 'n', CLAMD_NAME_MAX + 1);
	memcpy(line + 9 + CLAMD_NAME_MAX, " FOUND", sizeof " FOUND");
	whole.len++;
	ck_assert_int_eq(clamd_answer_read(whole, &words), CLAMD_OTHER);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("clamd_answer");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, reads_an_answer, 0, COUNT(row));
	tcase_add_test(t, has_a_bound);
	tcase_add_test(t, takes_a_name_of_255_bytes_and_no_more);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
