/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules that need memory of what came before, and messages that are compared. */
#include "t/unit/runner.h"

#include "sim/check/watch.h"

static const struct {
	const char *what, *rule;
	char letter;
	const char *payload;
	size_t len;
	bool broken;
} packets[] = {
	{ "a good field", "mod/name", 'h', "X-A\0v\0", 6, false },
	{ "a name with a colon", "mod/name", 'h', "X:\0v\0", 5, true },
	{ "a name with a blank", "mod/name", 'h', "X A\0v\0", 6, true },
	{ "a value with CR", "mod/value", 'h', "X\0a\r\n b\0", 8, true },
	{ "a folded value", "mod/value-fold", 'h', "X\0a\n b\0", 7, false },
	{ "a value that breaks out", "mod/value-fold", 'h', "X\0a\nY: b\0", 9, true },
	{ "a value that ends in LF", "mod/value-fold", 'h', "X\0a\n\0", 5, true },
	{ "a value with a blank line", "mod/value-fold", 'h', "X\0a\n \n b\0", 9, true },
	{ "index 1 the wrong way round", "mod/index-order", 'i', "\1\0\0\0X\0v\0", 8,
	    true },
	{ "index 1", "mod/index-order", 'm', "\0\0\0\1X\0v\0", 8, false },
	{ "index 1,000", "mod/index-order", 'i', "\0\0\3\350X\0v\0", 8, false },
	{ "a value with an escape", "mod/value-control", 'h', "X\0\033[1m\0", 7, true },
	{ "a value of folded lines with tabs", "mod/value-control", 'h', "X\0a\n\tb\0", 7,
	    false },
	{ "a reason with a line break", "mod/quarantine", 'q', "held\nX: y\0", 10, true },
	{ "a reason", "mod/quarantine", 'q', "held\0", 5, false },
	{ "index -1", "mod/index", 'i', "\377\377\377\377X\0v\0", 8, true },
	{ "index 0 of a change", "mod/index-one", 'm', "\0\0\0\0X\0v\0", 8, true },
	{ "an address in brackets", "mod/address", '+', "<a@b>\0", 6, false },
	{ "an address without", "mod/address", '+', "a@b\0", 4, true },
	{ "two addresses at once", "mod/address", '+', "<a@b>, <c@d>\0", 13, true },
	{ "a line break in an address", "mod/address", '+', "<a@b\r\n>\0", 8, true },
	{ "a quoted local part", "mod/address", '+', "<\"a, <b\"@c>\0", 12, false },
	{ "a source route", "mod/address", '+', "<@a,@b:c@d>\0", 12, false },
	{ "a CR within a reply", "rep/code-cr", 'y', "550 a\rb\0", 8, true },
	{ "CRLF between its lines", "rep/code-cr", 'y', "550-a\r\n550 b\0", 13, false },
	{ "a recipient never seen", "mod/delete-known", '-', "<a@b>\0", 6, true },
	{ "a parameter no MTA takes", "mod/rcpt-arguments", '2', "<a@b>\0X=1\0", 10,
	    true },
	{ "NOTIFY", "mod/rcpt-arguments", '2', "<a@b>\0NOTIFY=NEVER\0", 19, false },
	{ "SIZE", "mod/from-arguments", 'e', "<a@b>\0SIZE=1\0", 13, true },
	{ "RET", "mod/from-arguments", 'e', "<a@b>\0RET=HDRS\0", 15, false },
	{ "bare LF", "mod/body-eol", 'b', "a\nb", 3, true },
	{ "another rule's business", "mod/value", 'h', "X:\0v\0", 5, false },
};

START_TEST(watched_packets)
{
	struct watch_state *w = watch_new(packets[_i].rule, false);
	struct event e = { .what = EVENT_PACKET,
		.conn = 1,
		.to = TO_MTA,
		.letter = packets[_i].letter,
		.bytes = { packets[_i].payload, packets[_i].len } };

	ck_assert_ptr_nonnull(w);
	watch_event(w, &e);
	ck_assert_msg((w->got.len > 0) == packets[_i].broken, "%s", packets[_i].what);
	watch_free(w);
}
END_TEST

static void
say(struct watch_state *w, unsigned conn, enum direction to, char letter,
    struct slice bytes)
{
	struct event e = { .what = EVENT_PACKET,
		.conn = conn,
		.to = to,
		.letter = letter,
		.bytes = bytes };

	watch_event(w, &e);
}

/* MAIL, with what came of it, and the end of the message, with that. */
static void
message(struct watch_state *w, unsigned conn, char mail, char end)
{
	say(w, conn, TO_MILTER, 'M', (struct slice){ "<a@b>", 6 });
	say(w, conn, TO_MTA, mail, SLICE(""));
	say(w, conn, TO_MILTER, 'B', conn == 1 ? SLICE("body") : SLICE("bo"));
	say(w, conn, TO_MTA, 'c', SLICE(""));
	if (conn != 1) { /* cut otherwise, and the same */
		say(w, conn, TO_MILTER, 'B', SLICE("dy"));
		say(w, conn, TO_MTA, 'c', SLICE(""));
	}
	say(w, conn, TO_MILTER, 'E', SLICE(""));
	say(w, conn, TO_MTA, end, SLICE(""));
}

#define SLICE_INIT(text)                                                                 \
	{                                                                                \
		text, sizeof(text) - 1                                                   \
	}

/* A mark of the case's words that the milter was told, and one that it says. */
static const struct {
	const char *what;
	char letter;
	struct slice told;
	char next;
	struct slice behind;
	bool broken;
} marked[] = {
	{ "of this message", 'M', SLICE_INIT("<zq1@b>"), 'R', SLICE_INIT("<b@c>"),
	    false },
	{ "of another", 'M', SLICE_INIT("<zq2@b>"), 'R', SLICE_INIT("<b@c>"), true },
	{ "in other letters", 'M', SLICE_INIT("<ZQ1@b>"), 'R', SLICE_INIT("<b@c>"),
	    false },
	{ "aborted", 'M', SLICE_INIT("<zq1@b>"), 'A', SLICE_INIT(""), false },
	{ "before MAIL", 'M', SLICE_INIT("<zq1@b>"), 'M', SLICE_INIT("<b@c>"), true },
	{ "macros of MAIL", 'D', SLICE_INIT("Mi\0zq1\0"), 'M', SLICE_INIT("<b@c>"),
	    false },
	{ "older ones", 'M', SLICE_INIT("<zq1@b>"), 'D', SLICE_INIT("Mi\0q\0"), true },
	{ "an address", 'C', SLICE_INIT("h\0004xx198.51.100.1\0"), 'H', SLICE_INIT("h"),
	    false },
	{ "HELO", 'H', SLICE_INIT("zq1"), 'M', SLICE_INIT("<a@b>"), false },
	{ "HELO of before", 'H', SLICE_INIT("zq1"), 'H', SLICE_INIT("h"), true },
	{ "a client of before", 'H', SLICE_INIT("zq1"), 'K', SLICE_INIT(""), true },
};

START_TEST(a_milter_says_what_it_was_told)
{
	struct watch_state *w = watch_new("x/own-words", false);

	ck_assert_ptr_nonnull(w);
	say(w, 1, TO_MILTER, marked[_i].letter, marked[_i].told);
	say(w, 1, TO_MILTER, marked[_i].next, marked[_i].behind);
	say(w, 2, TO_MILTER, 'M', SLICE("<zq1@b>"));
	say(w, 1, TO_MTA, 'y', (struct slice){ "550 zq1\0", 8 });
	ck_assert_msg((w->got.len > 0) == marked[_i].broken, "%s", marked[_i].what);
	watch_free(w);
}
END_TEST

static const struct {
	const char *what;
	char mail[3], end[3]; /* of three messages */
	enum watch_same same;
} triples[] = {
	{ "alike", "ccc", "ccc", SAME },
	{ "no control", "ccc", "cac", SAME_UNKNOWN },
	{ "the third end", "ccc", "cct", SAME_NOT },
	{ "the third MAIL, where the ends are alike", "cct", "ccc", SAME_NOT },
};

START_TEST(equal_messages_are_answered_alike)
{
	struct text expected = TEXT_INIT(400), got = TEXT_INIT(400);
	struct watch_state *w = watch_new("x/y", false);

	ck_assert_ptr_nonnull(w);
	for (unsigned i = 0; i < 3; i++)
		message(w, i + 1, triples[_i].mail[i], triples[_i].end[i]);
	ck_assert_msg(
	    watch_same(w, &expected, &got) == triples[_i].same, "%s", triples[_i].what);
	ck_assert_int_eq(got.len > 0, triples[_i].same == SAME_NOT);
	text_clear(&expected);
	text_clear(&got);
	watch_free(w);
}
END_TEST

/* Refused at its last piece, or at its end: it is one answer. */
START_TEST(a_body_that_is_refused_has_had_its_end)
{
	struct text expected = TEXT_INIT(400), got = TEXT_INIT(400);
	struct watch_state *w = watch_new("x/y", false);

	ck_assert_ptr_nonnull(w);
	for (unsigned i = 1; i <= 3; i++) {
		say(w, i, TO_MILTER, 'M', SLICE("<a@b>"));
		say(w, i, TO_MTA, 'c', SLICE(""));
		say(w, i, TO_MILTER, 'B', i < 3 ? SLICE("virus") : SLICE("vir"));
		say(w, i, TO_MTA, i < 3 ? 'r' : 'c', SLICE(""));
	}
	ck_assert_int_eq(watch_same(w, &expected, &got), SAME_UNKNOWN);
	say(w, 3, TO_MILTER, 'B', SLICE("us"));
	say(w, 3, TO_MTA, 'c', SLICE(""));
	say(w, 3, TO_MILTER, 'E', SLICE(""));
	say(w, 3, TO_MTA, 'c', SLICE(""));
	ck_assert_int_eq(watch_same(w, &expected, &got), SAME_NOT);
	text_clear(&expected);
	text_clear(&got);
	watch_free(w);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("watch");
	TCase *t = tcase_create("watch");

	tcase_add_loop_test(t, watched_packets, 0, COUNT(packets));
	tcase_add_loop_test(t, equal_messages_are_answered_alike, 0, COUNT(triples));
	tcase_add_loop_test(t, a_milter_says_what_it_was_told, 0, COUNT(marked));
	tcase_add_test(t, a_body_that_is_refused_has_had_its_end);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
