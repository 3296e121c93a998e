/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/smtp/addresses.h"

#include "t/unit/runner.h"

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
	{ SLICE("\\"), 1, "\"\\\\\"" },
};

START_TEST(reads_an_address_out_of_rubble)
{
	struct text last = TEXT_INIT(1000);

	ck_assert_uint_eq(addresses_read(rubble[_i].text, &last), rubble[_i].count);
	ck_assert_str_eq(text_cstr(&last), rubble[_i].last);
	text_clear(&last);
}
END_TEST

static const struct {
	const char *what;
	bool list;
	struct slice value, joined; /* empty: it stays */
} words[] = {
	{ "one word", false, SLICE(" smith"), SLICE("") },
	{ "folded", false, SLICE(" smith@bar.com\n begins with"),
	    SLICE(" smith@bar.com.begins.with") },
	{ "folded, of a list without commas", true, SLICE(" smith\n begins with"),
	    SLICE(" smith, begins, with") },
	{ "... with one", true, SLICE(" a@b, c@d\n e"), SLICE(" a@b, c@d.e") },
	{ "commas alone", true, SLICE(" a@b,c@d"), SLICE("") },
	{ "a name", false, SLICE(" John Smith <a@b>\n more"), SLICE("") },
	{ "a comment", false, SLICE(" a@b (c)\n more"), SLICE("") },
	{ "a quote", false, SLICE(" \"a b\"@c d"), SLICE("") },
	{ "a NUL", false, SLICE(" a\0b c"), SLICE("") },
	{ "nothing", false, SLICE(""), SLICE("") },
};

START_TEST(joins_words_of_an_address)
{
	struct text out = TEXT_INIT(1000);
	bool joined = addresses_join(words[_i].value, words[_i].list, &out);

	ck_assert_msg(joined == (words[_i].joined.len != 0), "%s", words[_i].what);
	ck_assert_msg(!joined || slice_equal(text_slice(&out), words[_i].joined),
	    "%s: '%s'", words[_i].what, text_cstr(&out));
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
	tcase_add_loop_test(t, joins_words_of_an_address, 0, COUNT(words));
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
