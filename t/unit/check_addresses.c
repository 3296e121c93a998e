/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/smtp/addresses.h"

#include "t/unit/runner.h"

#define FIFTY "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct {
	const char *what;
	struct slice value, completed; /* empty: nothing to complete */
} row[] = {
	{ "a word", SLICE(" smith"), SLICE(" smith@mx.test") },
	{ "blanks around it go", SLICE("\tsmith \n"), SLICE(" smith@mx.test") },
	{ "in brackets", SLICE(" <smith>"), SLICE(" <smith@mx.test>") },
	{ "behind a name", SLICE(" John Smith <smith>"),
	    SLICE(" John Smith <smith@mx.test>") },
	{ "behind a quoted name", SLICE(" \"a, <b>\" <smith>"),
	    SLICE(" \"a, <b>\" <smith@mx.test>") },
	{ "a quoted word", SLICE(" \"john smith\""), SLICE(" \"john smith\"@mx.test") },
	{ "quotes that nobody needs go", SLICE(" \"sm\\ith\""), SLICE(" smith@mx.test") },
	{ "a comment stays", SLICE(" smith (c, (d))"), SLICE(" smith@mx.test (c, (d))") },
	{ "a comment inside moves behind", SLICE(" smith (c) @bar.com, x"),
	    SLICE(" smith@bar.com (c), x@mx.test") },
	{ "each of a list", SLICE(" a, b@x.y,\n\t<c>"),
	    SLICE(" a@mx.test, b@x.y, <c@mx.test>") },
	{ "a group", SLICE(" us: a, <b>;"), SLICE(" us: a@mx.test, <b@mx.test>;") },
	{ "with a domain", SLICE(" smith@bar.com"), SLICE("") },
	{ "with a domain, in brackets", SLICE(" Smith <smith@bar.com>"), SLICE("") },
	{ "a literal", SLICE(" a@[127.0.0.1], b"), SLICE(" a@[127.0.0.1], b@mx.test") },
	{ "nobody", SLICE(" <>"), SLICE("") },
	{ "nothing", SLICE(""), SLICE("") },
	{ "words in a row are addresses", SLICE(" two words"),
	    SLICE(" two@mx.test, words@mx.test") },
	{ "... as Postfix 3.7.11 showed them",
	    SLICE(" Jones <Jones@foo.com>\n begins with blank"),
	    SLICE(" Jones <Jones@foo.com>, begins@mx.test, "
		  "with@mx.test,\n\tblank@mx.test") },
	{ "an open quote", SLICE(" \"smith"), SLICE(" smith@mx.test") },
	{ "an open comment", SLICE(" (smith"), SLICE("") },
	{ "an open bracket", SLICE(" <smith"), SLICE(" \"<smith\"@mx.test") },
	{ "... behind a word", SLICE(" a <b"), SLICE(" \"a <b\"@mx.test") },
	{ "a comma in brackets", SLICE(" <a,b>"), SLICE(" <\"a, b\"@mx.test>") },
	{ "an @ too many", SLICE(" a@b@c"), SLICE(" \"a@b\"@c") },
	{ "nobody at a host", SLICE(" @foo.com"), SLICE(" \"\"@foo.com") },
	{ "a backslash at the end", SLICE(" a\\"), SLICE(" a@mx.test") },
	{ "quotes that nobody needs, and a host", SLICE(" \"smith\"@bar.com"),
	    SLICE(" smith@bar.com") },
	{ "an operator in quotes is none", SLICE(" \"a%b\""), SLICE(" a%b@mx.test") },
	{ "... and without", SLICE(" a%b"), SLICE(" a@b") },
	{ "a name's quotes stay", SLICE(" \"A\\x\" <b>"), SLICE(" \"Ax\" <b@mx.test>") },
	{ "a name is without its backslashes", SLICE(" A\\x <b>"),
	    SLICE(" Ax <b@mx.test>") },
	{ "names and comments of over 250 bytes go",
	    SLICE(" " FIFTY FIFTY FIFTY FIFTY FIFTY " <b>, c"),
	    SLICE(" <b@mx.test>, c@mx.test") },
};

START_TEST(completes_what_has_no_domain)
{
	struct text out = TEXT_INIT(1000);
	bool completed =
	    addresses_complete(SLICE("To"), row[_i].value, SLICE("mx.test"), &out);

	ck_assert_msg(completed == (row[_i].completed.len != 0), "%s", row[_i].what);
	if (completed)
		ck_assert_msg(slice_equal(text_slice(&out), row[_i].completed),
		    "%s: '%s'", row[_i].what, text_cstr(&out));
	text_clear(&out);
}
END_TEST

START_TEST(is_done_after_once)
{
	struct text once = TEXT_INIT(1000), twice = TEXT_INIT(1000);

	if (addresses_complete(SLICE("To"), row[_i].value, SLICE("mx.test"), &once))
		ck_assert_msg(!addresses_complete(SLICE("To"), text_slice(&once),
				  SLICE("mx.test"), &twice),
		    "%s", row[_i].what);
	text_clear(&once);
	text_clear(&twice);
}
END_TEST

/* Paths of MAIL and RCPT, and what they mean. */
static const struct {
	struct slice text;
	size_t count;
	const char *last;
} rubble[] = {
	{ SLICE("Smith@bar.com"), 1, "Smith@bar.com" },
	{ SLICE("Smith@bar.com>"), 1, "Smith@bar.com" },
	{ SLICE("Smith @bar.com"), 1, "Smith@bar.com" },
	{ SLICE("Smith (c) @ bar . com"), 1, "Smith@bar.com" },
	{ SLICE("\"john smith\"@bar.com"), 1, "\"john smith\"@bar.com" },
	{ SLICE("\"smith\"@bar.com"), 1, "smith@bar.com" },
	{ SLICE("a@b@c"), 1, "\"a@b\"@c" },
	{ SLICE("Smith@[127.0.0.1]"), 1, "Smith@[127.0.0.1]" },
	{ SLICE("John Smith <smith@bar.com>"), 1, "smith@bar.com" },
	{ SLICE("jon es@foo.com"), 2, "es@foo.com" },
	{ SLICE("a, b"), 2, "b" },
	{ SLICE(""), 0, "" },
	{ SLICE(" (nobody) "), 0, "" },
	{ SLICE("\\"), 1, "" },
	{ SLICE("\"\""), 1, "" },
};

START_TEST(reads_an_address_out_of_rubble)
{
	struct text last = TEXT_INIT(1000);

	ck_assert_uint_eq(addresses_last(rubble[_i].text, &last), rubble[_i].count);
	ck_assert_str_eq(text_cstr(&last), rubble[_i].last);
	text_clear(&last);
}
END_TEST

static const struct {
	const char *what;
	bool words;
	struct slice value, mailed;
} list[] = {
	{ "one", false, SLICE(" a@b.c"), SLICE(" a@b.c") },
	{ "blanks in front stay", false, SLICE("   a@b.c  "), SLICE("   a@b.c") },
	{ "one blank behind a comma", false, SLICE(" a@b.c,d@e.f,\n g@h.i"),
	    SLICE(" a@b.c, d@e.f, g@h.i") },
	{ "commas too many go", false, SLICE(" ,a,,b,"), SLICE(" a, b") },
	{ "nothing", false, SLICE(""), SLICE("") },
	{ "only commas", false, SLICE(" ,"), SLICE(" ") },
	{ "words are addresses", true, SLICE(" a b@c\n d @ e"), SLICE(" a, b@c, d @ e") },
	{ "a name", false, SLICE(" A B  <a@b.c> C"), SLICE(" A B  <a@b.c> C") },
	{ "a name that wants quotes", false, SLICE(" A. B <a@b.c>"),
	    SLICE(" \"A. B\" <a@b.c>") },
	{ "quotes in it", false, SLICE(" \"A\"B. <a@b.c>"),
	    SLICE(" \"\\\"A\\\"B.\" <a@b.c>") },
	{ "one that has quotes", false, SLICE(" \"A. B\" <a@b.c>"),
	    SLICE(" \"A. B\" <a@b.c>") },
	{ "a comma in quotes", false, SLICE(" \"A, B\" <a@b.c>"),
	    SLICE(" \"A, B\" <a@b.c>") },
	{ "comments", false, SLICE(" (c) a@b.c (d),e"),
	    SLICE(" (c) (c) a@b.c (d) (d), e") },
	/* Whose name is told with its first address. */
	{ "a group", false, SLICE(" us: a@b.c, d@e.f;"),
	    SLICE(" us: us: a@b.c, d@e.f;;") },
	{ "a group in a group", false, SLICE(" us: g: a;;"), SLICE(" us: us: g: a;;;;") },
	{ "two brackets", false, SLICE(" <a> b <c>"), SLICE(" \"<a> b\" <c>") },
	{ "a group of nobody", false, SLICE(" us:;"), SLICE(" us:;") },
	{ "no end of a bracket", false, SLICE(" <a"), SLICE(" <a>") },
	{ "lines of 78", false,
	    SLICE(" user0@example0.com, user1@example1.com, user2@example2.com, "
		  "user3@example3.com"),
	    SLICE(" user0@example0.com, user1@example1.com, user2@example2.com,\n"
		  "        user3@example3.com") },
};

/* As it came, but for brackets: who reads addresses is another one. */
static void
as_it_came(void *self, struct slice path, struct text *out)
{
	(void)self;
	if (slice_starts(path, SLICE("<")))
		path = slice_first(slice_from(path, 1), path.len - 2);
	ck_assert_int_eq(text_append(out, path), TEXT_OK);
}

START_TEST(puts_a_field_together_anew)
{
	struct text out = TEXT_INIT(1000);
	struct address_mailer mailer = { as_it_came, NULL };

	ck_assert(
	    addresses_mailed(SLICE("Cc"), list[_i].value, list[_i].words, &mailer, &out));
	ck_assert_msg(slice_equal(text_slice(&out), list[_i].mailed), "%s: '%s'",
	    list[_i].what, text_cstr(&out));
	ck_assert(!addresses_mailed(SLICE("Cc"), SLICE("a\0b"), false, &mailer, &out));
	text_clear(&out);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("addresses");
	TCase *t = tcase_create("complete");

	tcase_add_loop_test(t, completes_what_has_no_domain, 0, COUNT(row));
	tcase_add_loop_test(t, is_done_after_once, 0, COUNT(row));
	tcase_add_loop_test(t, reads_an_address_out_of_rubble, 0, COUNT(rubble));
	tcase_add_loop_test(t, puts_a_field_together_anew, 0, COUNT(list));
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
