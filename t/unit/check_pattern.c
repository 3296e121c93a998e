/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/transcript/pattern.h"

#include "t/unit/runner.h"

static const struct {
	const char *pattern, *line;
	bool matches;
	const char *name, *value; /* bound afterwards */
} row[] = {
	{ "250 OK", "250 OK", true, NULL, NULL },
	{ "250 OK", "250 OK ", false, NULL, NULL },
	{ "250 OK", "250 O", false, NULL, NULL },
	{ "", "", true, NULL, NULL },
	{ "", "x", false, NULL, NULL },
	{ "${*}", "", true, NULL, NULL },
	{ "${*}", "anything at all", true, NULL, NULL },
	{ "220 ${*}", "220 foo.com ready", true, NULL, NULL },
	{ "220 ${*} ready", "220 foo.com steady", false, NULL, NULL },
	{ "${*}a${*}b", "xxaxxaxxb", true, NULL, NULL },
	{ "250 ${id} queued", "250 h4F1 queued", true, "id", "h4F1" },
	{ "250 ${id}", "250 ", false, "id", NULL },
	{ "${a}-${a}", "xy-xy", true, "a", "xy" },
	{ "${a}-${a}", "xy-xz", false, "a", NULL },
	{ "${a}${*}!", "ab!", true, "a", "a" },
	{ "${old} ${new}", "old value is here", false, "new", NULL },
	{ "${old} ${new}", "known here", true, "new", "here" },
	{ "$5 and $", "$5 and $", true, NULL, NULL },
	{ "$${x}", "${x}", true, NULL, NULL },
	{ "a$${x}b", "a${x}b", true, NULL, NULL },
	{ "<CRLF>.<CRLF>", "<CRLF>.<CRLF>", true, NULL, NULL },
};

START_TEST(matches)
{
	struct variables v;
	struct slice got;

	variables_init(&v);
	ck_assert(variables_set(&v, SLICE("old"), SLICE("known")));
	bool m = pattern_match(slice_of(row[_i].pattern), slice_of(row[_i].line), &v);
	ck_assert_msg(m == row[_i].matches, "'%s' '%s'", row[_i].pattern, row[_i].line);
	if (row[_i].name != NULL) {
		bool bound = variables_get(&v, slice_of(row[_i].name), &got);
		ck_assert_msg(bound == (row[_i].value != NULL), "%s", row[_i].pattern);
		ck_assert(!bound || slice_equal(got, slice_of(row[_i].value)));
	}
	variables_clear(&v);
}
END_TEST

static const struct {
	const char *pattern, *fault;
} bad[] = {
	{ "${", "${ wants a name" },
	{ "${}", "${ wants a name" },
	{ "${a b}", "${ wants a name" },
	{ "${*}${*}${*}${*}${*}${*}${*}${*}${*}", "more than 8" },
};

START_TEST(says_what_is_wrong)
{
	struct text why = TEXT_INIT(200);

	ck_assert(!pattern_check(slice_of(bad[_i].pattern), &why));
	ck_assert_ptr_nonnull(strstr(text_cstr(&why), bad[_i].fault));
	text_clear(&why);
}
END_TEST

START_TEST(hopeless_patterns_end_soon)
{
	static char line[20000];
	struct variables v;

	variables_init(&v);
	memset(line, 'a', sizeof line);
	ck_assert(!pattern_match(SLICE("${*}a${*}a${*}a${*}a${*}a${*}a${*}b"),
	    (struct slice){ line, sizeof line }, &v));
	variables_clear(&v);
}
END_TEST

START_TEST(fills_in)
{
	struct text out = TEXT_INIT(40), why = TEXT_INIT(200);
	struct variables v;

	variables_init(&v);
	ck_assert(variables_set(&v, SLICE("id"), SLICE("h4F1")));
	ck_assert(pattern_fill(SLICE("ETRN ${id} $${id} $"), &v, &out, &why));
	ck_assert_str_eq(text_cstr(&out), "ETRN h4F1 ${id} $");
	ck_assert(!pattern_fill(SLICE("${nope}"), &v, &out, &why));
	ck_assert_str_eq(text_cstr(&why), "${nope} has no value yet");
	ck_assert(!pattern_fill(SLICE("${*}"), &v, &out, &why));
	variables_clear(&v);
	text_clear(&out);
	text_clear(&why);
}
END_TEST

/* A value with ${*} matches what it likes, one that was bound is itself only. */
START_TEST(a_value_may_be_a_pattern)
{
	struct variables v;

	variables_init(&v);
	ck_assert(variables_set_pattern(&v, SLICE("reply"), SLICE("550 5.7.1 ${*}")));
	ck_assert(variables_set(&v, SLICE("bound"), SLICE("${*}")));
	ck_assert(variables_set_pattern(&v, SLICE("self"), SLICE("a${self}")));
	ck_assert(pattern_match(
	    SLICE("REPLYCODE ${reply}!"), SLICE("REPLYCODE 550 5.7.1 no!"), &v));
	ck_assert(!pattern_match(SLICE("${reply}"), SLICE("552 5.7.1 no"), &v));
	ck_assert(!pattern_match(SLICE("${bound}"), SLICE("anything"), &v));
	ck_assert(!pattern_match(SLICE("${self}"), SLICE("aa"), &v));
	ck_assert(pattern_match(SLICE("${self}"), SLICE("a${self}"), &v));
	variables_clear(&v);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("pattern");
	TCase *t = tcase_create("pattern");

	tcase_add_loop_test(t, matches, 0, COUNT(row));
	tcase_add_loop_test(t, says_what_is_wrong, 0, COUNT(bad));
	tcase_add_test(t, hopeless_patterns_end_soon);
	tcase_add_test(t, fills_in);
	tcase_add_test(t, a_value_may_be_a_pattern);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
