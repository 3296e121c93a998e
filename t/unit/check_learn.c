/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter-sigs/learn.h"

#include <stdio.h>

#include "milter-sigs/body_lines.h"
#include "milter-sigs/family.h"
#include "milter-sigs/worth.h"
#include "t/unit/runner.h"

#define RANDOM_A                                                                         \
	"uqZpmpiQhHhwL2RpmqZpYFxyVFCmaZqmTEhEQDyapmmaODQsIBgQs2y6QQgDAPhI7E3TNE3k2MzI"
#define RANDOM_B                                                                         \
	"DUxhuml30nenGwkz6SxOb2GMamANTGfHdhe2WDEx83Qb1i0WLBgMtqM3pQG4Gi0AiSYCMuFdYleq"
#define RANDOM_C                                                                         \
	"3lpIgfolie6zmnhcGIyyLf/Nyvs1yrasOC61mjc7YAdRsQj6qgXMK27MylBH5HULwb88lpLFnNvg"

static const struct {
	const char *what;
	struct slice line;
	enum worth_fault fault;
} worth[] = {
	{ "the paper's SOBIG.B", SLICE(RANDOM_A), WORTH_FINE },
	{ "the paper's YAHA.K", SLICE(RANDOM_B), WORTH_FINE },
	{ "nothing", SLICE(""), WORTH_SHORT },
	{ "too short", SLICE("uqZpmpiQhHhwL2RpmqZ"), WORTH_SHORT },
	{ "just long enough", SLICE("uqZpmpiQhHhwL2RpmqZp"), WORTH_FINE },
	{ "English",
	    SLICE("All information is in the attached file, which you should open."),
	    WORTH_NO_RANDOM },
	{ "hexadecimal", SLICE("00fae1b2387cd98210fa87b6c5d4e3f2019a8b7c6d5e4f30"),
	    WORTH_NO_RANDOM },
	{ "zeros", SLICE("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
	    WORTH_RUN },
	{ "a few bytes again and again", SLICE("q83vq83vq83vq83vq83vq83vq83vq83vq83v"),
	    WORTH_RUN },
	{ "how programs begin", SLICE("4fug4AtAnNIbgBTM0hVGhpcyBwcm9ncmFtIGNhbm5v"),
	    WORTH_COMMON },
	{ "text in base64",
	    SLICE("bWVib2R5IGNob3NlIHRvIHNlbmQgaW4gYmFzZTY0Lg0KQSBwbGFpbiB0ZXh0IHRoYXQgc2"
		  "9tZWJv"),
	    WORTH_NO_RANDOM },
	{ "a header field", SLICE("Content-Type: text/plain; charset=gb18030; x=y"),
	    WORTH_NO_RANDOM },
	{ "more than a common line", SLICE("AAContent-Transfer-Encoding: base64xJ7zQpW"),
	    WORTH_COMMON },
	{ "eight bits", SLICE("\303\251\303\251\303\251\303\251 abcdefghijklmnopqrst"),
	    WORTH_NO_ENTRY },
	{ "what would be a comment", SLICE("#" RANDOM_A), WORTH_NO_ENTRY },
	{ "what would be a name", SLICE("uqZpmpiQhHhwL2RpmqZpYFxyVFCma="),
	    WORTH_NO_ENTRY },
	{ "blanks that a file would lose", SLICE(" " RANDOM_A), WORTH_NO_ENTRY },
	{ "NUL", SLICE("uqZpmpiQhHhwL2RpmqZp\0FxyVFCma"), WORTH_NO_ENTRY },
};

START_TEST(judges_a_line)
{
	ck_assert_msg(worth_of(worth[_i].line) == worth[_i].fault, "%s: %d",
	    worth[_i].what, worth_of(worth[_i].line));
}
END_TEST

START_TEST(measures_entropy)
{
	ck_assert_uint_eq(worth_entropy(SLICE("aaaaaaaa")), 0);
	ck_assert_uint_eq(worth_entropy(SLICE("abababab")), 1000);
	ck_assert_uint_eq(worth_entropy(SLICE("abcdefgh")), 3000);
	ck_assert_uint_eq(worth_entropy(SLICE("aab")), 918); /* 0.9183 bit */
	ck_assert_uint_eq(worth_entropy(SLICE("")), 0);
	ck_assert_uint_eq(worth_entropy(SLICE("\0\0\0\0")), 0);
	ck_assert_uint_eq(worth_entropy(SLICE("a\0\0a")), 1000);
	ck_assert_uint_gt(worth_entropy(SLICE(RANDOM_A)), 4900);
}
END_TEST

struct seen {
	char all[4000];
};

static void
remember(void *self, struct slice line, unsigned long number)
{
	struct seen *s = self;
	size_t n = strlen(s->all);

	snprintf(s->all + n, sizeof s->all - n, "%lu:%.*s|", number,
	    (int)(line.len < 20 ? line.len : 20), line.ptr);
}

static const struct {
	const char *message, *lines;
} body[] = {
	{ "A: b\r\n\r\none\r\ntwo\r\n", "3:one|4:two|" },
	{ "A: b\n\none\n\ntwo", "3:one|4:|5:two|" },
	{ "A: b\r\n", "" },
	{ "\r\n\r\nx", "2:|3:x|" },
	{ "", "" },
	{ "A: b\r\n\r\none\rtwo\r\r\n", "3:one\rtwo\r|" },
};

START_TEST(finds_the_lines_of_a_body_cut_anywhere)
{
	size_t n = strlen(body[_i].message);

	for (size_t cut = 0; cut <= n; cut++) {
		struct seen s = { "" };
		struct body_lines b = { .line = remember, .self = &s };
		body_lines_begin(&b);
		body_lines_feed(&b, (struct slice){ body[_i].message, cut });
		body_lines_feed(&b, (struct slice){ body[_i].message + cut, n - cut });
		body_lines_end(&b);
		ck_assert_str_eq(s.all, body[_i].lines);
	}
}
END_TEST

static const struct {
	struct slice message, body;
} start[] = {
	{ SLICE("A: b\r\n\r\none\r\n\r\n"), SLICE("one\r\n\r\n") },
	{ SLICE("A: b\n\none"), SLICE("one") },
	{ SLICE("\r\nbody"), SLICE("body") },
	{ SLICE("A: b\r\n"), SLICE("") },
	{ SLICE(""), SLICE("") },
};

START_TEST(finds_where_a_body_begins_cut_anywhere)
{
	struct slice m = start[_i].message;

	for (size_t cut = 0; cut <= m.len; cut++) {
		struct body_finder f = { .empty = true };
		struct slice a = body_finder_feed(&f, slice_first(m, cut));
		struct slice b = body_finder_feed(&f, slice_from(m, cut));
		ck_assert_uint_eq(a.len + b.len, start[_i].body.len);
		ck_assert(slice_ends_nocase(m, start[_i].body));
	}
}
END_TEST

START_TEST(leaves_out_lines_that_are_too_long)
{
	static char line[7 * BODY_LINE_MAX];
	struct seen s = { "" };
	struct body_lines b = { .line = remember, .self = &s };

	memset(line, 'x', sizeof line);
	body_lines_begin(&b);
	body_lines_feed(&b, SLICE("\r\n"));
	for (size_t i = 0; i + 7 <= sizeof line; i += 7)
		body_lines_feed(&b, (struct slice){ line + i, 7 });
	body_lines_feed(&b, SLICE("\r\nshort\r\n"));
	body_lines_end(&b);
	ck_assert_str_eq(s.all, "3:short|");
}
END_TEST

/* Line n of noise: base64 that no other n has. */
static struct slice
noise(unsigned n)
{
	static char line[BASE64_LINE];
	static const char digit[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint64_t x = n * UINT64_C(0x9E3779B97F4A7C15) + 1;

	for (size_t i = 0; i < sizeof line; i++) {
		x = x * UINT64_C(6364136223846793005) + 1442695040888963407U;
		line[i] = digit[x >> 58];
	}
	return (struct slice){ line, sizeof line };
}

/* `messages` messages: line A in all, B in all but every tenth, C twice in one. */
static void
show(struct learn *l, unsigned messages)
{
	for (unsigned m = 0; m < messages; m++) {
		learn_message(l);
		learn_line(l, SLICE(RANDOM_A), 10);
		if (m % 10 != 9)
			learn_line(l, SLICE(RANDOM_B), 100);
		for (unsigned i = 0; m == 0 && i < messages; i++)
			learn_line(l, SLICE(RANDOM_C), 200);
		learn_line(l, SLICE("All information is in the attached file, yes."), 2);
		for (unsigned i = 0; i < 50; i++)
			learn_line(l, noise(m * 50 + i), 300 + i);
	}
}

static size_t
learned(unsigned share, unsigned messages, struct learn **ret, struct learned **found)
{
	*ret = learn_new(share);
	show(*ret, messages);
	learn_second_pass(*ret);
	show(*ret, messages);
	return learn_finish(*ret, found);
}

START_TEST(finds_the_line_that_all_have)
{
	struct learned *found;
	struct learn *l;

	ck_assert_uint_eq(learned(100, 1000, &l, &found), 1);
	ck_assert(slice_equal(found[0].line, SLICE(RANDOM_A)));
	ck_assert_uint_eq(found[0].messages, 1000);
	ck_assert_uint_eq(found[0].number, 10);
	ck_assert_uint_eq(learn_messages(l), 1000);
	learn_free(l);
}
END_TEST

START_TEST(finds_the_lines_that_a_share_has)
{
	struct learned *found;
	struct learn *l;

	ck_assert_uint_eq(learned(90, 1000, &l, &found), 2);
	ck_assert(slice_equal(found[1].line, SLICE(RANDOM_B)));
	ck_assert_uint_eq(found[1].messages, 900);
	learn_free(l);
	ck_assert_uint_eq(learned(91, 1000, &l, &found), 1);
	learn_free(l);
}
END_TEST

START_TEST(finds_nothing_in_nothing)
{
	struct learned *found;
	struct learn *l;

	ck_assert_uint_eq(learned(100, 0, &l, &found), 0);
	learn_free(l);
}
END_TEST

START_TEST(picks_from_several_places)
{
	struct learned all[] = {
		{ .line = SLICE(RANDOM_A), .number = 10 },
		{ .line = SLICE(RANDOM_B), .number = 11 },
		{ .line = SLICE(RANDOM_C), .number = 50 },
	};
	const struct learned *got[3];

	ck_assert_uint_eq(learn_pick(all, 3, got, 2), 2);
	ck_assert_ptr_eq(got[0], &all[0]);
	ck_assert_ptr_eq(got[1], &all[2]);
	ck_assert_uint_eq(learn_pick(all, 3, got, 3), 3);
	all[0].struck = true;
	ck_assert_uint_eq(learn_pick(all, 3, got, 3), 2);
	ck_assert_ptr_eq(got[0], &all[1]);
}
END_TEST

START_TEST(keeps_within_its_bounds)
{
	struct learn *l = learn_new(1);
	struct learned *found;

	for (int pass = 0; pass < 2; pass++) {
		learn_message(l);
		for (unsigned i = 0; i < LEARN_CANDIDATES + 1000; i++)
			learn_line(l, noise(i), i);
		if (pass == 0)
			learn_second_pass(l);
	}
	ck_assert(learn_overflowed(l));
	ck_assert_uint_eq(learn_finish(l, &found), LEARN_CANDIDATES);
	learn_free(l);
}
END_TEST

START_TEST(sorts_messages_into_families)
{
	struct families *f = families_new();

	families_clean_line(f, SLICE(RANDOM_C));
	for (unsigned m = 0; m < 300; m++) {
		ck_assert(families_message(f));
		families_line(f, SLICE(RANDOM_C)); /* everybody's letterhead */
		if (m % 3 != 0)
			families_line(f, m % 3 == 1 ? SLICE(RANDOM_A) : SLICE(RANDOM_B));
		if (m % 3 == 1 && m > 150)
			continue;
		families_line(f, noise(m));
	}
	ck_assert_uint_eq(families_finish(f), 102);
	ck_assert_uint_eq(families_size(f, 0), 100);
	ck_assert_uint_eq(families_size(f, 1), 100);
	ck_assert_uint_eq(families_size(f, 2), 1);
	ck_assert_uint_eq(families_of(f, 1), families_of(f, 298));
	ck_assert_uint_eq(families_of(f, 2), families_of(f, 299));
	ck_assert_uint_ne(families_of(f, 1), families_of(f, 2));
	families_free(f);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("learn");
	TCase *t = tcase_create("lines");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, judges_a_line, 0, COUNT(worth));
	tcase_add_test(t, measures_entropy);
	tcase_add_loop_test(t, finds_the_lines_of_a_body_cut_anywhere, 0, COUNT(body));
	tcase_add_loop_test(t, finds_where_a_body_begins_cut_anywhere, 0, COUNT(start));
	tcase_add_test(t, leaves_out_lines_that_are_too_long);
	tcase_add_test(t, finds_the_line_that_all_have);
	tcase_add_test(t, finds_the_lines_that_a_share_has);
	tcase_add_test(t, finds_nothing_in_nothing);
	tcase_add_test(t, picks_from_several_places);
	tcase_add_test(t, keeps_within_its_bounds);
	tcase_add_test(t, sorts_messages_into_families);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
