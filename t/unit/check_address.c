/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/address.h"

#include "t/unit/runner.h"

static const struct {
	const char *what;
	struct slice raw, local, domain;
	bool null, well_formed;
} row[] = {
	{ "in brackets", SLICE("<Jones@foo.com>"), SLICE("Jones"), SLICE("foo.com"),
	    false, true },
	{ "without brackets", SLICE("Smith@bar.com"), SLICE("Smith"), SLICE("bar.com"),
	    false, true },
	{ "no domain", SLICE("<Postmaster>"), SLICE("Postmaster"), SLICE(""), false,
	    true },
	{ "the null path", SLICE("<>"), SLICE(""), SLICE(""), true, true },
	{ "a source route is dropped", SLICE("<@a.example,@b.example:u@d.example>"),
	    SLICE("u"), SLICE("d.example"), false, true },
	{ "@ in a quoted local part", SLICE("<\"a@b\"@c.example>"), SLICE("\"a@b\""),
	    SLICE("c.example"), false, true },
	{ "> in a quoted local part", SLICE("<\"a>b\"@c.example>"), SLICE("\"a>b\""),
	    SLICE("c.example"), false, true },
	{ "an escaped quote", SLICE("<\"a\\\"@x\"@c.example>"), SLICE("\"a\\\"@x\""),
	    SLICE("c.example"), false, true },
	{ "a quote that never closes", SLICE("<\"a@c.example>"), SLICE("\"a"),
	    SLICE("c.example>"), false, false },
	{ "the last @ counts", SLICE("<a@b@c.example>"), SLICE("a@b"), SLICE("c.example"),
	    false, true },
	{ "no closing bracket", SLICE("<a@b.example"), SLICE("a"), SLICE("b.example"),
	    false, false },
	{ "parameters glued on", SLICE("<a@b.example> SIZE=3"), SLICE("a"),
	    SLICE("b.example"), false, false },
	{ "empty", SLICE(""), SLICE(""), SLICE(""), false, false },
	{ "only @", SLICE("<@>"), SLICE(""), SLICE(""), false, false },
	{ "local part missing", SLICE("<@d.example>"), SLICE(""), SLICE("d.example"),
	    false, false },
	{ "a NUL inside", SLICE("<a\0b@c.example>"), SLICE("a\0b"), SLICE("c.example"),
	    false, true },
};

START_TEST(takes_a_path_apart)
{
	struct address got = address_parse(row[_i].raw);

	ck_assert_msg(slice_equal(got.local, row[_i].local), "%s: local", row[_i].what);
	ck_assert_msg(
	    slice_equal(got.domain, row[_i].domain), "%s: domain", row[_i].what);
	ck_assert_msg(got.null == row[_i].null, "%s: null", row[_i].what);
	ck_assert_msg(
	    got.well_formed == row[_i].well_formed, "%s: well formed", row[_i].what);
}
END_TEST

static const struct {
	struct slice local;
	const char *delimiters;
	struct slice user;
} detail[] = {
	{ SLICE("jones+news"), "+", SLICE("jones") },
	{ SLICE("jones"), "+", SLICE("jones") },
	{ SLICE("jones-x+y"), "+-", SLICE("jones") },
	{ SLICE("jones-x+y"), "+", SLICE("jones-x") },
	{ SLICE("jones+x"), "", SLICE("jones+x") },
	{ SLICE("+x"), "+", SLICE("+x") },
	{ SLICE(""), "+", SLICE("") },
	{ SLICE("a\0b+c"), "+", SLICE("a\0b") },
};

START_TEST(strips_the_detail)
{
	size_t len = detail[_i].local.len;
	char *own = malloc(len + 1); /* a sanitizer sees a byte too much */

	ck_assert_ptr_nonnull(own);
	memcpy(own + 1, detail[_i].local.ptr, len);
	struct slice got =
	    address_user((struct slice){ own + 1, len }, detail[_i].delimiters);
	ck_assert(slice_equal(got, detail[_i].user));
	free(own);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("address");
	TCase *t = tcase_create("path");

	tcase_add_loop_test(t, takes_a_path_apart, 0, COUNT(row));
	tcase_add_loop_test(t, strips_the_detail, 0, COUNT(detail));
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
