/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/logger/selection.h"

#include "t/unit/runner.h"

enum { DAY = 86400 };
static const long long NEW_YEAR_2026 = 20454LL * DAY;

static const struct {
	const char *what;
	const char *list;
	struct slice path;
	unsigned direction;
	bool selected;
} row[] = {
	{ "an address stands for itself", "jones@example.org",
	    SLICE("<jones@example.org>"), SELECT_TO, true },
	{ "brackets or not", "jones@example.org", SLICE("jones@example.org"), SELECT_TO,
	    true },
	{ "another user", "jones@example.org", SLICE("<brown@example.org>"), SELECT_TO,
	    false },
	{ "another domain", "jones@example.org", SLICE("<jones@example.com>"), SELECT_TO,
	    false },
	{ "case is folded on both sides", "JONES@Example.org",
	    SLICE("<Jones@eXAMPLE.ORG>"), SELECT_FROM, true },
	{ "any detail belongs to the user", "jones@example.org",
	    SLICE("<jones+lists@example.org>"), SELECT_TO, true },
	{ "an entry with detail is for it alone", "jones+a@example.org",
	    SLICE("<jones@example.org>"), SELECT_TO, false },
	{ "an entry with detail, hit", "jones+a@example.org",
	    SLICE("<jones+A@example.org>"), SELECT_TO, true },
	{ "@domain is everyone there", "@example.org", SLICE("<x@example.org>"),
	    SELECT_TO, true },
	{ "a bare domain is the same", "example.org", SLICE("<x@example.org>"), SELECT_TO,
	    true },
	{ "a domain is not its subdomains", "example.org", SLICE("<x@a.example.org>"),
	    SELECT_TO, false },
	{ ".domain is its subdomains", ".example.org", SLICE("<x@b.a.example.org>"),
	    SELECT_TO, true },
	{ ".domain is not the domain", ".example.org", SLICE("<x@example.org>"),
	    SELECT_TO, false },
	{ ".domain ends at a label", ".example.org", SLICE("<x@notexample.org>"),
	    SELECT_TO, false },
	{ "to is not from", "to jones@example.org", SLICE("<jones@example.org>"),
	    SELECT_FROM, false },
	{ "from is not to", "from jones@example.org", SLICE("<jones@example.org>"),
	    SELECT_TO, false },
	{ "both is from", "both jones@example.org", SLICE("<jones@example.org>"),
	    SELECT_FROM, true },
	{ "two lines for one address", "from j@e.org\nto j@e.org\n", SLICE("<j@e.org>"),
	    SELECT_TO, true },
	{ "the null sender", "from <>", SLICE("<>"), SELECT_FROM, true },
	{ "the null sender is not everyone", "from <>", SLICE("<a@b.example>"),
	    SELECT_FROM, false },
	{ "a user without domain", "jones@", SLICE("<jones>"), SELECT_TO, true },
	{ "a warrant that runs out today", "j@e.org until 2026-01-01", SLICE("<j@e.org>"),
	    SELECT_TO, true },
	{ "a warrant that ran out yesterday", "j@e.org until 2025-12-31",
	    SLICE("<j@e.org>"), SELECT_TO, false },
	{ "an old warrant and a new one",
	    "j@e.org until 2025-12-31\nj@e.org until 2026-12-31", SLICE("<j@e.org>"),
	    SELECT_TO, true },
	{ "comments, blanks, CRLF", "# a\r\n\r\n  to  j@e.org  # why\r\n",
	    SLICE("<j@e.org>"), SELECT_TO, true },
	{ "an empty list selects nobody", "", SLICE("<j@e.org>"), SELECT_TO, false },
	{ "a source route is looked through", "j@e.org", SLICE("<@a.example:j@e.org>"),
	    SELECT_TO, true },
	{ "a path of nonsense", "j@e.org", SLICE("../../x"), SELECT_TO, false },
	{ "a NUL cannot shorten an address", "j@e.org", SLICE("<j@e.org\0.evil>"),
	    SELECT_TO, false },
	{ "an 8-bit address", "j\303\251@e.org", SLICE("<j\303\251@e.org>"), SELECT_TO,
	    true },
};

static struct selection *
parsed(const char *list)
{
	struct text why = TEXT_INIT(500);
	struct selection *s = NULL;

	ck_assert_msg(
	    selection_parse(slice_of(list), "list", &s, &why), "%s", text_cstr(&why));
	text_clear(&why);
	return s;
}

static bool
matches(const struct selection *s, struct slice path, unsigned direction, long long now)
{
	struct envelope_event ev = { .path = path };
	struct address_names names;

	address_names_rcpt(&names, &ev, (struct address_habits){ "+", NULL });
	return selection_match(s, &names, direction, now);
}

START_TEST(selects)
{
	struct selection *s = parsed(row[_i].list);
	bool got = matches(s, row[_i].path, row[_i].direction, NEW_YEAR_2026 + DAY - 1);

	ck_assert_msg(got == row[_i].selected, "%s", row[_i].what);
	selection_free(s);
}
END_TEST

static const struct {
	const char *list, *fault;
} bad[] = {
	{ "to", "list:1: names nobody" },
	{ "\n@\n", "list:2: an @ and nothing else" },
	{ ".", "list:1: a dot and nothing else" },
	{ "j@e.org 2026-01-01", "list:1: has a word too many" },
	{ "j@e.org until", "list:1: has no date" },
	{ "j@e.org until 2026-02-29", "list:1: has no date" },
	{ "j@e.org until 2026-13-01", "list:1: has no date" },
	{ "j@e.org until 1969-12-31", "list:1: has no date" },
	{ "j@e.org until 2026/01/01", "list:1: has no date" },
	{ "j@e.org until 2026-01-01 x", "list:1: goes on after the date" },
};

START_TEST(says_what_is_wrong_and_where)
{
	struct text why = TEXT_INIT(500);
	struct selection *s = NULL;

	ck_assert(!selection_parse(slice_of(bad[_i].list), "list", &s, &why));
	ck_assert_msg(strstr(text_cstr(&why), bad[_i].fault) != NULL, "'%s': got '%s'",
	    bad[_i].list, text_cstr(&why));
	ck_assert_ptr_null(s);
	text_clear(&why);
}
END_TEST

START_TEST(refuses_what_is_no_list)
{
	static const char noise[ADDRESS_ENTRY_LINE_MAX + 1] = { 'x' };
	struct text why = TEXT_INIT(500);
	struct selection *s = NULL;

	ck_assert(!selection_parse((struct slice){ noise, sizeof noise }, "f", &s, &why));
	ck_assert(!selection_parse(SLICE("a\0b@c"), "f", &s, &why));
	text_clear(&why);
}
END_TEST

START_TEST(knows_leap_years)
{
	struct selection *s = parsed("j@e.org until 2028-02-29");

	ck_assert(matches(s, SLICE("<j@e.org>"), SELECT_TO, 21243LL * DAY));
	ck_assert(!matches(s, SLICE("<j@e.org>"), SELECT_TO, 21244LL * DAY));
	ck_assert_uint_eq(selection_count(s), 1);
	ck_assert_uint_eq(selection_directions(s), SELECT_FROM | SELECT_TO);
	selection_free(s);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("selection");
	TCase *t = tcase_create("list");

	tcase_add_loop_test(t, selects, 0, COUNT(row));
	tcase_add_loop_test(t, says_what_is_wrong_and_where, 0, COUNT(bad));
	tcase_add_test(t, refuses_what_is_no_list);
	tcase_add_test(t, knows_leap_years);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
