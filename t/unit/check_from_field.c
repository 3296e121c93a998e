/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/spam/from_field.h"

#include <stdio.h>
#include <string.h>

#include "t/unit/runner.h"

/* Every address of a field as "local|domain", separated by blanks. */
static char *
readings(struct slice field)
{
	static char all[1 << 20];
	struct from_field r;
	struct from_address m;
	size_t n = 0;

	all[0] = '\0';
	from_field_begin(&r, field);
	while (from_field_next(&r, &m)) {
		n += (size_t)snprintf(all + n, sizeof all - n, "%s%.*s|%.*s",
		    n > 0 ? " " : "", (int)m.local.len, m.local.ptr, (int)m.domain.len,
		    m.domain.ptr);
		ck_assert(n < sizeof all);
	}
	return all;
}

/* clang-format off */
static const struct {
	const char *what;
	struct slice field;
	const char *want;
} row[] = {
	/* RFC 5322 3.4 */
	{ "a bare address", SLICE("a@b.example"), "a|b.example" },
	{ "an address in brackets", SLICE("<a@b.example>"), "a|b.example" },
	{ "a display name", SLICE("John Q. Public <a@b.example>"), "a|b.example" },
	{ "a quoted name with a comma", SLICE("\"'X, Y' via Z\" <s@g.example>"), "s|g.example" },
	{ "escaped quotes in a name", SLICE("\"\\\"AcmeCorp, Inc.\\\"\" <a@b.example>"), "a|b.example" },
	{ "two addresses", SLICE("a@b.example, C <c@d.example>"), "a|b.example c|d.example" },
	{ "empty list members", SLICE(" , a@b.example,, ,c@d.example,"), "a|b.example c|d.example" },
	{ "a group", SLICE("Undisclosed: a@b.example, c@d.example;"), "a|b.example c|d.example" },
	{ "a group and an address", SLICE("G: A <a@b.example>;, c@d.example"), "a|b.example c|d.example" },
	{ "an empty group", SLICE("Undisclosed recipients:;"), "" },
	{ "a quoted group name with an address", SLICE("\"x@y.example\": a@b.example;"), "a|b.example" },
	{ "case is kept", SLICE("A@B.Example"), "A|B.Example" },
	{ "a domain literal", SLICE("a@[192.0.2.1]"), "a|[192.0.2.1]" },
	{ "a literal with a colon and blanks", SLICE("<a@[IPv6: 2001:db8::1 ]>"), "a|[IPv6:2001:db8::1]" },
	{ "UTF-8 in both parts", SLICE("J\303\274rgen <j\303\274rgen@b\303\274cher.example>"), "j\303\274rgen|b\303\274cher.example" },

	/* brackets without an address hide none */
	{ "a bracket and nothing", SLICE("x@y.example <"), "x|y.example" },
	{ "empty brackets", SLICE("x@y.example <>"), "x|y.example" },
	{ "a blank in brackets", SLICE("x@y.example < >"), "x|y.example" },
	{ "empty quotes in brackets", SLICE("x@y.example <\"\">"), "x|y.example" },
	{ "a comment in brackets", SLICE("x@y.example <(c)>"), "x|y.example" },
	{ "a comment that looks like one", SLICE("x@y.example <(a@b.example)>"), "x|y.example" },
	{ "an @ in brackets", SLICE("x@y.example <@>"), "x|y.example" },
	{ "a no-break space in brackets", SLICE("x@y.example <\302\240>"), "x|y.example" },
	{ "empty brackets and a second address", SLICE("x@y.example <>, a@b.example"), "x|y.example a|b.example" },
	{ "a backslash at the end", SLICE("x@y.example\\"), "x|y.example" },
	{ "a backslash behind a blank", SLICE("x@y.example \\"), "x|y.example" },
	{ "a backslash within", SLICE("x@y\\.example"), "x|y.example" },
	{ "a no-break space at the end", SLICE("x@y.example\302\240"), "x|y.example" },
	{ "one of ISO 8859-1", SLICE("x@y.example\240"), "x|y.example" },
	{ "one before", SLICE("\302\240x@y.example"), "x|y.example" },
	{ "a mark of no width", SLICE("x@y.example\342\200\213"), "x|y.example" },
	{ "one within a domain", SLICE("x@y.exa\342\200\213mple"), "x|y.example" },
	{ "one within a local part", SLICE("li\302\255sted@y.example"), "listed|y.example" },
	{ "several of them, at a dot", SLICE("x@y\342\201\240\357\273\277.\342\200\215example"), "x|y.example" },
	{ "one within quotes", SLICE("\"li\342\200\213sted\"@y.example"), "listed|y.example" },
	{ "a variation selector", SLICE("x@y.ex\357\270\217ample"), "x|y.example" },
	{ "a mark that turns the direction", SLICE("x@\342\200\256y.example"), "x|y.example" },
	{ "one between two addresses", SLICE("x@y.example \342\200\213 a@b.example"), "x|y.example a|b.example" },
	{ "a word of nothing else", SLICE("\342\200\213 <x@y.example>"), "x|y.example" },
	{ "one around the @", SLICE("x\302\240@\302\240y.example"), "x|y.example" },
	{ "an ideographic space", SLICE("\343\200\200x@y.example"), "x|y.example" },
	{ "a letter is no blank", SLICE("\303\240x@y.example"), "\303\240x|y.example" },

	/* quoted local parts */
	{ "a quoted local part", SLICE("\"john doe\"@b.example"), "john doe|b.example" },
	{ "an @ in quotes", SLICE("\"user@bar\"@example.com"), "user@bar|example.com" },
	{ "a whole address in quotes", SLICE("\"Someone <someone@junk.com>\"@mydomain.com"), "Someone <someone@junk.com>|mydomain.com" },
	{ "an escaped quote in a local part", SLICE("\"a\\\"b\\\\\"@b.example"), "a\"b\\|b.example" },
	{ "a dot between quoted and bare", SLICE("\"a\".b.\"c d\"@b.example"), "a.b.c d|b.example" },
	{ "a fold in quotes", SLICE("\"a\r\n b\"@b.example"), "a b|b.example" },
	{ "an empty quoted local part", SLICE("\"\"@b.example"), "|b.example" },

	/* comments */
	{ "a comment before, inside, after", SLICE("(x)a(y)@(z)b.example(w)"), "a|b.example" },
	{ "comments around dots", SLICE("a(1).(2)b@c(3).(4)example"), "a.b|c.example" },
	{ "a nested comment", SLICE("a(b(c)d(e(f)))@b.example"), "a|b.example" },
	{ "an escaped bracket in a comment", SLICE("(\\)x@y.example)a@b.example"), "a|b.example" },
	{ "an address in a comment", SLICE("a@b.example (c@d.example)"), "a|b.example" },
	{ "a quote in a comment", SLICE("(\")a@b.example(\")"), "a|b.example" },
	{ "brackets in quotes are no comment", SLICE("\"(\" <a@b.example>"), "a|b.example" },
	{ "nothing but a comment", SLICE("(a@b.example)"), "" },

	/* RFC 5322 4.4, obsolete forms, and folding */
	{ "blanks around @ and dots", SLICE("a . b @ c . example"), "a.b|c.example" },
	{ "folded between @ and domain", SLICE("<a@\n b.example>"), "a|b.example" },
	{ "folded with CRLF and tab", SLICE("A\r\n\tB\r\n\t<a@b.example>"), "a|b.example" },
	{ "a source route", SLICE("God@heaven <@hop1.org,@hop2.net:jeff@spec.org>"), "jeff|spec.org" },
	{ "a source route with a gap", SLICE("<@hop1.org , , @hop2.net : jeff@spec.org>"), "jeff|spec.org" },
	{ "a bare source route", SLICE("@hop1.org:jeff@spec.org"), "jeff|spec.org" },

	/* encoded words neither make nor hide an address */
	{ "an encoded word with an address", SLICE("=?utf-8?q?=3Cspammer=40x.example=3E?= <foo@example.com>"), "foo|example.com" },
	{ "an encoded word in base64", SLICE("=?utf-8?b?PHNwYW1tZXJAeC5leGFtcGxlPg==?= <foo@example.com>"), "foo|example.com" },
	{ "an encoded word with a bare @", SLICE("=?utf-8?q?spammer@x.example?= <foo@example.com>"), "foo|example.com" },
	{ "only an encoded address", SLICE("=?utf-8?q?spammer=40x.example?="), "" },
	{ "one in brackets", SLICE("<=?utf-8?q?spammer=40x.example?=>"), "" },
	{ "brackets inside what looks encoded", SLICE("=?utf-8?q?<spammer@x.example>?= <foo@example.com>"), "spammer|x.example foo|example.com" },

	/* display names that look like addresses */
	{ "an address as bare display name", SLICE("spam@spammer.com <foo@example.com>"), "foo|example.com" },
	{ "an address in a bare display name", SLICE("spam@spammer.com via List <foo@example.com>"), "foo|example.com" },
	{ "two addresses in a display name", SLICE("a@b.example c@d.example@e <foo@example.com>"), "foo|example.com" },
	{ "an address in a quoted name", SLICE("\"spam@spammer.com\" <foo@example.com>"), "foo|example.com" },
	{ "square brackets in a name", SLICE("[SPAM] a@b.example <foo@example.com>"), "foo|example.com" },

	/* no domain, no address */
	{ "a missing domain", SLICE("root"), "root|" },
	{ "a missing domain in brackets", SLICE("Charlie Root <root>"), "root|" },
	{ "a per cent sign for an @", SLICE("a%b.example"), "a|b.example" },
	{ "the last of two of them", SLICE("Bad <a%b%c.example>"), "a%b|c.example" },
	{ "in quotes, as sendmail takes it", SLICE("\"a%b.example\""), "a|b.example" },
	{ "beside an @ it is a letter", SLICE("a%b.example@c.example"),
	    "a%b.example|c.example" },
	{ "without a name or a host it is one", SLICE("<%a>, <b%>, <%>"),
	    "%a| b%| %|" },
	{ "a bang path", SLICE("b.example!a"), "a|b.example" },
	{ "of two hosts", SLICE("<b.example!c.example!a>"), "c.example!a|b.example" },
	{ "which comes before a per cent sign", SLICE("b.example!a%c.example"),
	    "a%c.example|b.example" },
	{ "a bang alone, in front, behind", SLICE("<!>, <!a>, <a!>"), "!| !a| a!|" },
	{ "nothing behind the @", SLICE("root@"), "root|" },
	{ "one letter and nothing behind the @", SLICE("<r@>"), "r|" },
	{ "nothing before the @", SLICE("@b.example"), "|b.example" },
	{ "nothing before the @ in brackets", SLICE("<@b.example>"), "|b.example" },
	{ "only an @", SLICE("@"), "" },
	{ "empty brackets", SLICE("<>"), "" },
	{ "a name and empty brackets", SLICE("Mail Delivery System <>"), "" },
	{ "an empty field", SLICE(""), "" },
	{ "only blanks", SLICE(" \r\n\t "), "" },
	{ "words", SLICE("No Address Here"), "" },
	{ "words and commas", SLICE("Doe, John"), "" },
	{ "a comma in a bare name", SLICE("Doe, John <a@b.example>"), "a|b.example" },
	{ "only a colon", SLICE("Foo:"), "" },

	/* what a mail program repairs */
	{ "a stray closing bracket", SLICE("user@example.net>"), "user|example.net" },
	{ "a stray closing bracket behind a name", SLICE("Foo> <a@b.example>"), "a|b.example" },
	{ "a missing closing bracket", SLICE("X <user@example.net"), "user|example.net" },
	{ "a missing closing bracket in a list", SLICE("X <a@b.example, c@d.example"), "a|b.example c|d.example" },
	{ "double brackets", SLICE("<<a@b.example>>"), "a|b.example" },
	{ "brackets in brackets", SLICE("<a@b.example <c@d.example>"), "a|b.example c|d.example" },
	{ "two in brackets side by side", SLICE("<a@b.example> <c@d.example>"), "a|b.example c|d.example" },
	{ "one behind the brackets", SLICE("<a@b.example> c@d.example"), "a|b.example c|d.example" },
	{ "a word behind the brackets", SLICE("<a@b.example> root"), "a|b.example" },
	{ "a missing comma", SLICE("a@b.example c@d.example"), "a|b.example c|d.example" },
	{ "a semicolon for a comma", SLICE("a@b.example; c@d.example"), "a|b.example c|d.example" },
	{ "words before an address", SLICE("John Doe a@b.example"), "a|b.example" },
	{ "words behind an address", SLICE("a@b.example John Doe"), "a|b.example" },
	{ "two @", SLICE("a@b.example@c.example"), "a|b.example a@b.example|c.example" },
	{ "a leading @", SLICE("@user@example.com"), "@user|example.com" },
	{ "a scheme in brackets", SLICE("<mailto:a@b.example>"), "a|b.example" },
	{ "an open comment behind", SLICE("user@example.net(.example.com"), "user|example.net user|example.net" },
	{ "an open comment before", SLICE("Foo (bar <a@b.example>"), "a|b.example" },
	{ "an open comment in brackets", SLICE("<a@b.example(c>"), "a|b.example a|b.example" },
	{ "a stray end of comment", SLICE("a)@b.example)"), "a|b.example" },
	{ "an open quote before", SLICE("\"Foo <a@b.example>"), "a|b.example" },
	{ "an open quote that swaps inside and outside", SLICE("Foo\" <a@b.example>, \"Bar\" <c@d.example>"), "a|b.example c|d.example" },
	{ "an open quote and an open comment", SLICE("\"( <a@b.example>"), "a|b.example" },
	{ "an open literal", SLICE("a@[192.0.2.1"), "a|192.0.2.1" },
	{ "an open literal in brackets", SLICE("<a@[192.0.2.1> <c@d.example>"), "a|192.0.2.1 c|d.example" },
	{ "an address in square brackets", SLICE("[a@b.example]"), "a|b.example" },
	{ "a backslash outside quotes escapes nothing", SLICE("Foo\\, <a@b.example>"), "a|b.example" },
	{ "a quoted string right before the address", SLICE("\"Foo\"a@b.example"), "a|b.example" },
	{ "dots at the borders", SLICE(".a.@.b.example."), ".a.|.b.example." },
	{ "NUL and CR are blanks", SLICE("<a\0@\rb.example>"), "a|b.example" },
	{ "a group without an end", SLICE("G: a@b.example, c@d.example"), "a|b.example c|d.example" },
	{ "an address as group name", SLICE("x@y.example: a@b.example;"), "x|y.example a|b.example" },
};
/* clang-format on */

START_TEST(reads_every_address)
{
	const char *got = readings(row[_i].field);

	ck_assert_msg(strcmp(got, row[_i].want) == 0, "%s: '%.*s': got '%s', want '%s'",
	    row[_i].what, (int)row[_i].field.len, row[_i].field.ptr, got, row[_i].want);
}
END_TEST

START_TEST(an_overlong_part_is_left_empty)
{
	char field[2000];

	for (int len = 254; len <= 257; len++) {
		const char *most = len <= FROM_PART_MAX ? "x" : "";
		(void)snprintf(field, sizeof field, "%0*d@b.example", len, 7);
		const char *got = readings(slice_of(field));
		ck_assert_int_eq(got[0] == '0', most[0] == 'x');
		ck_assert_ptr_nonnull(strstr(got, "|b.example"));
		(void)snprintf(field, sizeof field, "a@%0*d", len, 7);
		got = readings(slice_of(field));
		ck_assert_int_eq(got[0] == 'a', most[0] == 'x');
		ck_assert_int_eq(strlen(got) == 1, most[0] == '\0');
	}
}
END_TEST

/* 1 MB of what makes a careless parser look far ahead; more than 5 s is a hang. */
static const char *const nasty[] = { "(", "\"", "<", "a@b ", "a@b,", "(\"", "((a)", "a@",
	"a@[", "<@a,", "\\\"", "\"(<a@b> c", "a@b <", "a@b:", ".", "a . " };

START_TEST(takes_linear_time)
{
	enum { SIZE = 1 << 20 };
	char *field = malloc(SIZE);
	size_t len = strlen(nasty[_i]), n = 0;
	struct from_field r;
	struct from_address m;

	ck_assert_ptr_nonnull(field);
	for (size_t i = 0; i < SIZE; i++)
		field[i] = nasty[_i][i % len];
	from_field_begin(&r, (struct slice){ field, SIZE });
	while (from_field_next(&r, &m))
		n++;
	ck_assert_uint_le(n, 4 * SIZE);
	free(field);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("mailbox");
	TCase *t = tcase_create("from");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, reads_every_address, 0, COUNT(row));
	tcase_add_test(t, an_overlong_part_is_left_empty);
	tcase_add_loop_test(t, takes_linear_time, 0, COUNT(nasty));
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
