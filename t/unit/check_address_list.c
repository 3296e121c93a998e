/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/address/address_list.h"

#include <stdio.h>

#include "t/unit/runner.h"

static struct address_list *
parse(struct slice content)
{
	struct address_list *list = NULL;
	struct text why = TEXT_INIT(500);

	ck_assert_msg(address_list_parse(content, "list", true, &list, &why), "%s",
	    text_cstr(&why));
	text_clear(&why);
	return list;
}

/* The line that holds the path, 0 for none. */
static unsigned
line_of(const struct address_list *list, struct slice path)
{
	struct address_names names;
	struct envelope_event ev = { .path = path };
	struct address_hit hit = { { NULL, 0 }, 0 };

	address_names_rcpt(&names, &ev, (struct address_habits){ "", NULL });
	return address_list_find(list, &names, &hit) ? hit.line : 0;
}

/* clang-format off */
static const struct {
	struct slice list, path;
	unsigned line; /* 0: not listed */
} match[] = {
	/* user@domain */
	{ SLICE("a@b.example"), SLICE("a@b.example"), 1 },
	{ SLICE("a@b.example"), SLICE("<a@b.example>"), 1 },
	{ SLICE("a@b.example"), SLICE("x@b.example"), 0 },
	{ SLICE("a@b.example"), SLICE("a@x.b.example"), 0 },
	{ SLICE("a@b.example"), SLICE("aa@b.example"), 0 },
	{ SLICE("a@b.example"), SLICE("a@b.examples"), 0 },
	{ SLICE("A@B.Example"), SLICE("a@b.eXAMPLE"), 1 },
	{ SLICE("a@b.example"), SLICE("A@B.EXAMPLE"), 1 },
	{ SLICE("a@b.example."), SLICE("a@b.example"), 1 },
	{ SLICE("a@b.example"), SLICE("a@b.example."), 1 },
	{ SLICE("a@b.example"), SLICE("a@.b.example"), 1 },
	{ SLICE("\"a\"@b.example"), SLICE("a@b.example"), 1 },
	{ SLICE("a@b.example"), SLICE("<\"a\"@b.example>"), 1 },
	{ SLICE("\"a b\"@c.example"), SLICE("<\"a\\ b\"@c.example>"), 1 },
	{ SLICE("\"a@b\"@c.example"), SLICE("<\"a@b\"@c.example>"), 1 },
	{ SLICE("\"#a\"@b.example"), SLICE("#a@b.example"), 1 },
	{ SLICE("a@[192.0.2.1]"), SLICE("a@[192.0.2.1]"), 1 },
	{ SLICE("a@localhost"), SLICE("a@localhost"), 1 },
	{ SLICE("a@b.example"), SLICE("<@hop.example:a@b.example>"), 1 },
	{ SLICE("a+x@b.example"), SLICE("a+x@b.example"), 1 },
	{ SLICE("a@b.example"), SLICE("a+x@b.example"), 0 },

	/* domain and @domain: that domain alone */
	{ SLICE("b.example"), SLICE("a@b.example"), 1 },
	{ SLICE("@b.example"), SLICE("a@b.example"), 1 },
	{ SLICE("b.example"), SLICE("a@x.b.example"), 0 },
	{ SLICE("b.example"), SLICE("a@xb.example"), 0 },
	{ SLICE("gle.example"), SLICE("a@google.example"), 0 },
	{ SLICE("example.com"), SLICE("a@notexample.com"), 0 },
	{ SLICE("example.com"), SLICE("a@example.com.evil.org"), 0 },
	{ SLICE("@localhost"), SLICE("a@localhost"), 1 },
	{ SLICE("[192.0.2.1]"), SLICE("a@[192.0.2.1]"), 1 },
	{ SLICE("@[IPv6:2001:db8::1]"), SLICE("a@[ipv6:2001:DB8::1]"), 1 },
	{ SLICE("b.example"), SLICE("@b.example"), 1 },
	{ SLICE("b.example"), SLICE("b.example@c.example"), 0 },

	/* .domain: all below it */
	{ SLICE(".b.example"), SLICE("a@b.example"), 0 },
	{ SLICE(".b.example"), SLICE("a@x.b.example"), 1 },
	{ SLICE(".b.example"), SLICE("a@y.x.b.example"), 1 },
	{ SLICE(".b.example"), SLICE("a@xb.example"), 0 },
	{ SLICE(".b.example"), SLICE("a@b.example.org"), 0 },
	{ SLICE("@.b.example"), SLICE("a@x.b.example"), 1 },
	{ SLICE(".example"), SLICE("a@b.example"), 1 },

	/* user@: of any domain, or none */
	{ SLICE("a@"), SLICE("a@b.example"), 1 },
	{ SLICE("a@"), SLICE("a"), 1 },
	{ SLICE("a@"), SLICE("A@"), 1 },
	{ SLICE("a@"), SLICE("ba@b.example"), 0 },
	{ SLICE("a@"), SLICE("b@a"), 0 },
	{ SLICE("a@b.example"), SLICE("a"), 0 },
	{ SLICE(".a@b.example"), SLICE(".a@b.example"), 1 },
	{ SLICE(".a@"), SLICE(".a@b.example"), 1 },
	{ SLICE("\"a@\"@"), SLICE("\"a@\"@b.example"), 1 },

	/* international names */
	{ SLICE("b\303\274cher.example"), SLICE("a@xn--bcher-kva.example"), 1 },
	{ SLICE("xn--bcher-kva.example"), SLICE("a@b\303\274cher.example"), 1 },
	{ SLICE("xn--bcher-kva.example"), SLICE("a@B\303\234CHER.Example"), 1 },
	{ SLICE("xn--bcher-kva.example"), SLICE("a@bu\314\210cher.example"), 1 },
	{ SLICE(".b\303\274cher.example"), SLICE("a@x.xn--bcher-kva.example"), 1 },
	/* A label that may not be registered hides none of the others. */
	{ SLICE(".b\303\274cher.example"), SLICE("a@-x.B\303\234CHER.example"), 1 },
	{ SLICE(".b\303\274cher.example"), SLICE("a@\342\235\244.x.b\303\274cher.example"), 1 },
	{ SLICE(".bulk.example"), SLICE("a@x-.bulk\343\200\202example"), 1 },
	{ SLICE(".bulk.example"), SLICE("a@-x.\357\275\202ulk.example\357\275\241"), 1 },
	{ SLICE(".bulk.example"), SLICE("a@\377.b\303\274cher.bulk.example"), 1 },
	{ SLICE("bulk.example"), SLICE("a@-x.\357\275\202ulk.example"), 0 },
	{ SLICE("@b\303\274cher"), SLICE("a@xn--bcher-kva"), 1 },
	{ SLICE("b.example"), SLICE("a@b\343\200\202example"), 1 }, /* ideographic stop */
	{ SLICE("b.example"), SLICE("a@b.example\343\200\202"), 1 },
	{ SLICE("b.example"), SLICE("a@\357\275\202.example"), 1 }, /* wide b */
	{ SLICE("j\303\274@b.example"), SLICE("j\303\274@b.example"), 1 },
	{ SLICE("b.example"), SLICE("a@\377\376.b.example"), 0 },
	{ SLICE(".b.example"), SLICE("a@\377\376.b.example"), 1 },

	/* the file */
	{ SLICE("# c\n\n \t\r\na@b.example"), SLICE("a@b.example"), 4 },
	{ SLICE("\357\273\277a@b.example\n"), SLICE("a@b.example"), 1 },
	{ SLICE("x.example\r\na@b.example\r\n"), SLICE("a@b.example"), 2 },
	{ SLICE("  a@b.example\t # since May\n"), SLICE("a@b.example"), 1 },
	{ SLICE("a@b.example #\n"), SLICE("a@b.example"), 1 },
	{ SLICE("a#b@c.example\n"), SLICE("a#b@c.example"), 1 },
	{ SLICE("a@b.example\nA@B.example\n"), SLICE("a@b.example"), 1 },
	{ SLICE(""), SLICE("a@b.example"), 0 },
	{ SLICE("# nothing"), SLICE("a@b.example"), 0 },
	{ SLICE("b.example\n"), SLICE("<>"), 0 },
	{ SLICE("b.example\n"), SLICE(""), 0 },

	/* the most specific entry is the one that is named */
	{ SLICE("all\na@\n.example\nb.example\na@b.example"), SLICE("a@b.example"), 5 },
	{ SLICE("all\na@\n.example\nb.example\n"), SLICE("a@b.example"), 4 },
	{ SLICE("all\na@\n.example\n.b.example\n"), SLICE("a@c.b.example"), 4 },
	{ SLICE("all\na@\n.example\n"), SLICE("a@b.example"), 3 },
	{ SLICE("all\na@\n"), SLICE("a@b.example"), 2 },
	{ SLICE("all\n"), SLICE("a@b.example"), 1 },
	{ SLICE("x@y.example\nALL # everybody"), SLICE("a"), 2 },
};

static const struct {
	struct slice list;
	const char *why;
} bad[] = {
	{ SLICE("a@b.example c@d.example"), "list:1: 'a@b.example c@d.example': more than one word: " },
	{ SLICE("x.example\n\nA B <a@b.example>"), "list:3: 'A B <a@b.example>': more than one word: " },
	{ SLICE("<a@b.example>"), "leave out < and >" },
	{ SLICE("@"), "an @ and nothing else" },
	{ SLICE("."), "a dot and nothing else" },
	{ SLICE("@."), "a dot and nothing else" },
	{ SLICE("a@."), "a dot and nothing else" },
	{ SLICE("a@b..example"), "two dots side by side" },
	{ SLICE("..b.example"), "two dots side by side" },
	{ SLICE("a@.b.example"), "a dot too many" },
	{ SLICE("b.example.."), "two dots side by side" },
	{ SLICE("*@b.example"), "* is no wildcard here: write all" },
	{ SLICE("*.b.example"), "* is no wildcard here: write domain" },
	{ SLICE("a@*.example"), "* is no wildcard here: write domain" },
	{ SLICE("/a.*/"), "a character that no domain name has" },
	{ SLICE("http://b.example/"), "a character that no domain name has" },
	{ SLICE("a@b@c.example"), "must stand in quotes" },
	{ SLICE("a:b@c.example"), "must stand in quotes" },
	{ SLICE("a,b@c.example"), "must stand in quotes" },
	{ SLICE("\"a@b.example"), "quotes that do not enclose all before @" },
	{ SLICE("\"a\"b@c.example"), "quotes that do not enclose all before @" },
	{ SLICE("\"a\\\"@c.example"), "quotes that do not enclose all before @" },
	{ SLICE("\"\"@c.example"), "nothing between the quotes: write @domain" },
	{ SLICE("a@[192.0.2.1"), "a character that no domain name has" },
	{ SLICE("a\0b@c.example"), "list:1: 'a\\x00b@c.example': a control character" },
	{ SLICE("a\rb@c.example"), "a control character" },
	{ SLICE("a\177b@c.example"), "a control character" },
	{ SLICE("a@b\377.example"), "not a valid internationalised domain name" },
	{ SLICE("a@\360\237\222\251.b\357\277\275"), "not a valid internationalised domain name" },
	{ SLICE("a@b.example\n*\n<\nc@d.example\n>"), "list:2: '*': * is no wildcard here: write all for everybody, "
	  "@domain for a whole domain (and 2 more faulty lines)" },
};
/* clang-format on */

static bool
is_ascii(struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		if ((unsigned char)s.ptr[i] > 127)
			return false;
	}
	return true;
}

START_TEST(an_address_is_listed_or_not)
{
	struct address_list *list;

	bool ascii = is_ascii(match[_i].list) && is_ascii(match[_i].path);

	if (!ascii && !idna_supported())
		return;
	list = parse(match[_i].list);
	ck_assert_msg(line_of(list, match[_i].path) == match[_i].line,
	    "'%s' in '%s': line %u, want %u", match[_i].path.ptr, match[_i].list.ptr,
	    line_of(list, match[_i].path), match[_i].line);
	address_list_free(list);
}
END_TEST

START_TEST(a_bad_line_is_named)
{
	struct address_list *list = NULL;
	struct text why = TEXT_INIT(500);

	ck_assert(!address_list_parse(bad[_i].list, "list", false, &list, &why));
	ck_assert_msg(strstr(text_cstr(&why), bad[_i].why) != NULL ||
			  (!idna_supported() && strstr(text_cstr(&why), "libidn2")),
	    "got '%s', want '%s'", text_cstr(&why), bad[_i].why);
	ck_assert_ptr_null(list);
	text_clear(&why);
}
END_TEST

START_TEST(all_is_refused_where_it_makes_no_sense)
{
	struct address_list *list = NULL;
	struct text why = TEXT_INIT(500);

	ck_assert(!address_list_parse(SLICE("\nall\n"), "list", false, &list, &why));
	ck_assert_ptr_nonnull(strstr(text_cstr(&why), "list:2: 'all': 'all' has no"));
	text_clear(&why);
}
END_TEST

START_TEST(every_length_has_its_limit)
{
	static const struct {
		int local, label, labels;
		const char *why; /* NULL: fine */
	} length[] = {
		{ 255, 63, 3, NULL },
		{ 256, 63, 3, "longer than 255" },
		{ 1, 64, 1, "label of the domain is longer than 63" },
		{ 1, 61, 4, NULL },
		{ 1, 63, 4, "longer than 253" },
		{ 1000, 1, 1, "longer than 1000" },
	};

	for (size_t i = 0; i < COUNT(length); i++) {
		struct address_list *list = NULL;
		struct text line = TEXT_INIT(2000), why = TEXT_INIT(500);

		text_printf(&line, "%0*d@", length[i].local, 0);
		for (int n = 0; n < length[i].labels; n++)
			text_printf(
			    &line, "%s%0*d", n > 0 ? "." : "", length[i].label, 0);
		bool ok =
		    address_list_parse(text_slice(&line), "list", false, &list, &why);
		ck_assert_msg(
		    ok == (length[i].why == NULL), "%zu: %s", i, text_cstr(&why));
		if (ok)
			ck_assert_uint_eq(line_of(list, text_slice(&line)), 1);
		else
			ck_assert_ptr_nonnull(strstr(text_cstr(&why), length[i].why));
		address_list_free(list);
		text_clear(&line);
		text_clear(&why);
	}
}
END_TEST

START_TEST(a_long_list_loses_nothing)
{
	enum { N = 100000 };
	struct text content = TEXT_INIT(N * 32);
	char path[64];

	for (unsigned i = 1; i <= N; i++) {
		(void)snprintf(path, sizeof path, "u%u@d%u.example\n", i, i % 977);
		ck_assert_int_eq(text_append(&content, slice_of(path)), TEXT_OK);
	}
	ck_assert_int_eq(text_append(&content, SLICE("u7@d7.example\n")), TEXT_OK);
	struct address_list *list = parse(text_slice(&content));
	ck_assert_uint_eq(address_list_count(list), N);
	ck_assert_uint_eq(address_list_duplicates(list), 1);
	ck_assert_str_eq(address_list_name(list), "list");
	ck_assert(!address_list_has_all(list));
	for (unsigned i = 1; i <= N; i++) {
		(void)snprintf(path, sizeof path, "u%u@d%u.example", i, i % 977);
		ck_assert_uint_eq(line_of(list, slice_of(path)), i);
		(void)snprintf(path, sizeof path, "u%u@d%u.example", i, i % 977 + 1);
		ck_assert_uint_eq(line_of(list, slice_of(path)), 0);
	}
	address_list_free(list);
	text_clear(&content);
}
END_TEST

/* Entries wait for their place in the table, so an equal one may come before it has one.
 */
START_TEST(of_equal_entries_the_first_counts_however_far_apart)
{
	struct text content = TEXT_INIT(100000);
	char path[64];

	for (unsigned apart = 1; apart <= 40; apart++) {
		text_clear(&content);
		for (unsigned i = 0; i <= apart; i++)
			text_printf(&content, "u%u@d.example\n", i % apart);
		struct address_list *list = parse(text_slice(&content));
		ck_assert_uint_eq(address_list_count(list), apart);
		ck_assert_uint_eq(address_list_duplicates(list), 1);
		for (unsigned i = 0; i < apart; i++) {
			(void)snprintf(path, sizeof path, "u%u@d.example", i);
			ck_assert_uint_eq(line_of(list, slice_of(path)), i + 1);
		}
		address_list_free(list);
	}
	text_clear(&content);
}
END_TEST

START_TEST(detail_is_taken_off)
{
	static const struct {
		const char *path, *delimiters, *want; /* NULL: has none */
	} row[] = {
		{ "jones+news@foo.example", "+", "jones@foo.example" },
		{ "Jones+News+X@Foo.example", "+", "jones@foo.example" },
		{ "jones-news+x@foo.example", "+-", "jones@foo.example" },
		{ "\"jones+a b\"@foo.example", "+", "jones@foo.example" },
		{ "+news@foo.example", "+", NULL },
		{ "jones+news@foo.example", "", NULL },
		{ "jones@foo+x.example", "+", NULL },
		{ "jones+news", "+", "jones@" },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		struct address_key full, user;

		ck_assert(address_key_set_path(&full, slice_of(row[i].path)));
		bool has = address_key_without_detail(&full, row[i].delimiters, &user);
		ck_assert_int_eq(has, row[i].want != NULL);
		if (has)
			ck_assert(
			    slice_equal(address_key_whole(&user), slice_of(row[i].want)));
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("address_list");
	TCase *t = tcase_create("list");

	tcase_set_timeout(t, 20);
	tcase_add_loop_test(t, an_address_is_listed_or_not, 0, COUNT(match));
	tcase_add_loop_test(t, a_bad_line_is_named, 0, COUNT(bad));
	tcase_add_test(t, all_is_refused_where_it_makes_no_sense);
	tcase_add_test(t, every_length_has_its_limit);
	tcase_add_test(t, a_long_list_loses_nothing);
	tcase_add_test(t, of_equal_entries_the_first_counts_however_far_apart);
	tcase_add_test(t, detail_is_taken_off);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
