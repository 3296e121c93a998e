/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/server/addresses.h"

#include "t/unit/runner.h"

static const struct {
	const char *what;
	struct slice value, completed; /* empty: nothing to complete */
} row[] = {
	{ "a word", SLICE(" smith"), SLICE(" smith@mx.test") },
	{ "blanks behind it stay there", SLICE(" smith \n"), SLICE(" smith@mx.test \n") },
	{ "in brackets", SLICE(" <smith>"), SLICE(" <smith@mx.test>") },
	{ "behind a name", SLICE(" John Smith <smith>"),
	    SLICE(" John Smith <smith@mx.test>") },
	{ "behind a quoted name", SLICE(" \"a, <b>\" <smith>"),
	    SLICE(" \"a, <b>\" <smith@mx.test>") },
	{ "a quoted word", SLICE(" \"john smith\""), SLICE(" \"john smith\"@mx.test") },
	{ "a comment stays", SLICE(" smith (c, (d))"), SLICE(" smith@mx.test (c, (d))") },
	{ "each of a list", SLICE(" a, b@x.y,\n\t<c>"),
	    SLICE(" a@mx.test, b@x.y,\n\t<c@mx.test>") },
	{ "a group", SLICE(" us: a, <b>;"), SLICE(" us: a@mx.test, <b@mx.test>;") },
	{ "with a domain", SLICE(" smith@bar.com"), SLICE("") },
	{ "with a domain, in brackets", SLICE(" Smith <smith@bar.com>"), SLICE("") },
	{ "nobody", SLICE(" <>"), SLICE("") },
	{ "nothing", SLICE(""), SLICE("") },
	{ "words that are no address", SLICE(" two words"), SLICE("") },
	{ "an open quote", SLICE(" \"smith"), SLICE(" \"smith@mx.test") },
	{ "an open comment", SLICE(" (smith"), SLICE("") },
	{ "an open bracket", SLICE(" <smith"), SLICE("") },
};

START_TEST(completes_what_has_no_domain)
{
	struct text out = TEXT_INIT(1000);
	bool completed = addresses_complete(row[_i].value, SLICE("mx.test"), &out);

	ck_assert_msg(completed == (row[_i].completed.len != 0), "%s", row[_i].what);
	struct slice want = completed ? row[_i].completed : row[_i].value;
	ck_assert_msg(slice_equal(text_slice(&out), want), "%s: '%s'", row[_i].what,
	    text_cstr(&out));
	text_clear(&out);
}
END_TEST

START_TEST(is_done_after_once)
{
	struct text once = TEXT_INIT(1000), twice = TEXT_INIT(1000);

	if (addresses_complete(row[_i].value, SLICE("mx.test"), &once) &&
	    slice_find(row[_i].value, '"') == row[_i].value.len)
		ck_assert_msg(
		    !addresses_complete(text_slice(&once), SLICE("mx.test"), &twice),
		    "%s", row[_i].what);
	text_clear(&once);
	text_clear(&twice);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("addresses");
	TCase *t = tcase_create("complete");

	tcase_add_loop_test(t, completes_what_has_no_domain, 0, COUNT(row));
	tcase_add_loop_test(t, is_done_after_once, 0, COUNT(row));
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
