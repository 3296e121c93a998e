/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/smtp/mailbox.h"

#include "t/unit/runner.h"

static bool
ours(const void *self, struct slice domain)
{
	(void)self;
	return domain.len == 0 || slice_equal_nocase(domain, SLICE("foo.com")) ||
	       slice_equal_nocase(domain, SLICE("mx.test"));
}

/* As sendmail 8.17.1 told its filters, and as its mail showed them. */
static const struct {
	struct slice path, meant, shown;
} row[] = {
	{ SLICE("<jones@foo.com>"), SLICE("<jones>"), SLICE("<jones@foo.com>") },
	{ SLICE("jones"), SLICE("<jones>"), SLICE("<jones>") },
	{ SLICE("<x@bar.com.>"), SLICE("<x@bar.com>"), SLICE("<x@bar.com>") },
	{ SLICE("<<jones@foo.com>>"), SLICE("<jones>"), SLICE("<jones@foo.com>") },
	{ SLICE("<a@foo.com><b@foo.com>"), SLICE("<b>"), SLICE("<b@foo.com>") },
	{ SLICE("<jones@foo.com>x"), SLICE("<jones>"), SLICE("<jones@foo.com>") },
	{ SLICE("< jones @ foo.com >"), SLICE("<jones>"), SLICE("<jones@foo.com>") },
	{ SLICE("<jones brown>"), SLICE("<jones.brown>"), SLICE("<jones.brown>") },
	{ SLICE("<jo(a)nes@foo.com>"), SLICE("<jo.nes>"), SLICE("<jo.nes@foo.com>") },
	{ SLICE("<(c)jones@(d(e))foo.com>"), SLICE("<jones>"), SLICE("<jones@foo.com>") },
	{ SLICE("<\"jones\"@foo.com>"), SLICE("<jones>"), SLICE("<\"jones\"@foo.com>") },
	{ SLICE("<\"jones \"@foo.com>"), SLICE("<\"jones \">"),
	    SLICE("<\"jones \"@foo.com>") },
	{ SLICE("<\"jones@foo.com\">"), SLICE("<jones>"), SLICE("<\"jones@foo.com\">") },
	{ SLICE("<\"a@b\"@foo.com>"), SLICE("<a@b>"), SLICE("<\"a@b\"@foo.com>") },
	{ SLICE("<j\"o\"nes@foo.com>"), SLICE("<j\"o\"nes>"),
	    SLICE("<j\"o\"nes@foo.com>") },
	{ SLICE("<@a.b,@c.d:x@bar.com>"), SLICE("<x@bar.com>"), SLICE("<x@bar.com>") },
	{ SLICE("<@a.b,:x@foo.com>"), SLICE("<:x>"), SLICE("<:x@foo.com>") },
	{ SLICE("<@[1.2.3.4]:jones>"), SLICE("<jones>"), SLICE("<jones>") },
	{ SLICE("<x%foo.com@mx.test>"), SLICE("<x>"), SLICE("<x@foo.com>") },
	{ SLICE("<x%bar.com@foo.com>"), SLICE("<x@bar.com>"),
	    SLICE("<x%bar.com@foo.com>") },
	{ SLICE("<a%b%c>"), SLICE("<a%b@c>"), SLICE("<a%b@c>") },
	{ SLICE("<foo.com!x>"), SLICE("<x>"), SLICE("<x@foo.com>") },
	{ SLICE("<mx.test!foo.com!x>"), SLICE("<x>"), SLICE("<foo.com!x@mx.test>") },
	{ SLICE("<foo.com!x%mx.test>"), SLICE("<x>"), SLICE("<x@mx.test>") },
	{ SLICE("<!x@foo.com>"), SLICE("<!x>"), SLICE("<!x@foo.com>") },
	{ SLICE("us:jones@foo.com"), SLICE("<jones>"), SLICE("<jones@foo.com>") },
	{ SLICE("<us:jones@foo.com;>"), SLICE("<us:jones>"),
	    SLICE("<us:jones@foo.com>") },
	{ SLICE("<x@[IPv6:::1]>"), SLICE("<x@[IPv6:::1]>"), SLICE("<x@[IPv6:::1]>") },
	{ SLICE("<>"), SLICE("<>"), SLICE("<>") },
	{ SLICE("<(c)>"), SLICE("<>"), SLICE("<>") },
};

START_TEST(means)
{
	struct text meant = TEXT_INIT(1000), shown = TEXT_INIT(1000);
	struct mailbox_site site = { ours, NULL };
	enum say fault = mailbox_read(&site, row[_i].path, &meant, &shown);

	ck_assert_msg(fault == N_SAY, "%s: %d", row[_i].path.ptr, (int)fault);
	ck_assert_msg(slice_equal(text_slice(&meant), row[_i].meant), "%s means '%s'",
	    row[_i].path.ptr, text_cstr(&meant));
	ck_assert_msg(slice_equal(text_slice(&shown), row[_i].shown),
	    "%s is shown as '%s'", row[_i].path.ptr, text_cstr(&shown));
	text_clear(&meant);
	text_clear(&shown);
}
END_TEST

static const struct {
	struct slice path;
	enum say fault;
} bad[] = {
	{ SLICE("<jones"), SAY_UNBALANCED },
	{ SLICE("jones>"), SAY_UNBALANCED_CLOSE },
	{ SLICE("<\"jones@foo.com>"), SAY_UNBALANCED_QUOTE },
	{ SLICE("<jones(c>"), SAY_UNBALANCED_PAREN },
	{ SLICE("<jones)c>"), SAY_UNBALANCED_PAREN_CLOSE },
	{ SLICE("<@foo.com>"), SAY_NO_USER },
	{ SLICE("<\"\"@foo.com>"), SAY_NO_USER },
	{ SLICE("<%foo.com@mx.test>"), SAY_NO_USER },
	{ SLICE("<jones@>"), SAY_NO_HOST },
	{ SLICE("<jones%@foo.com>"), SAY_NO_HOST },
	{ SLICE("<@>"), SAY_NO_ADDRESS },
	{ SLICE("us:;"), SAY_NO_ADDRESS },
	{ SLICE("<a@b@c>"), SAY_BAD_ROUTE },
	{ SLICE("<@:jones@foo.com>"), SAY_BAD_ROUTE },
	{ SLICE("<a,b>"), SAY_BAD_ROUTE },
	{ SLICE("<a@foo,com>"), SAY_BAD_ROUTE },
	{ SLICE("<a@.b>"), SAY_BAD_HOST },
	{ SLICE("<a@b..c>"), SAY_BAD_HOST },
	{ SLICE("<a@b:25>"), SAY_HOST_COLON },
	{ SLICE("<a@[1.2.3.4]x>"), SAY_BAD_LITERAL },
};

START_TEST(is_wrong)
{
	struct text meant = TEXT_INIT(1000), shown = TEXT_INIT(1000);
	struct mailbox_site site = { ours, NULL };

	ck_assert_msg(mailbox_read(&site, bad[_i].path, &meant, &shown) == bad[_i].fault,
	    "%s", bad[_i].path.ptr);
	text_clear(&meant);
	text_clear(&shown);
}
END_TEST

START_TEST(programs_and_files_are_no_mailbox)
{
	ck_assert_int_eq(mailbox_kind(SLICE("<|/bin/false>")), SAY_PROGRAM);
	ck_assert_int_eq(mailbox_kind(SLICE("</tmp/x>")), SAY_FILE);
	ck_assert_int_eq(mailbox_kind(SLICE("<:Include:/tmp/x>")), SAY_INCLUDE);
	ck_assert_int_eq(mailbox_kind(SLICE("<jones/x>")), N_SAY);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("mailbox");
	TCase *t = tcase_create("read");

	tcase_add_loop_test(t, means, 0, COUNT(row));
	tcase_add_loop_test(t, is_wrong, 0, COUNT(bad));
	tcase_add_test(t, programs_and_files_are_no_mailbox);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
