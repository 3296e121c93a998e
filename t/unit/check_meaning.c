/* SPDX-License-Identifier: BSD-2-Clause */

/* Which address an address stands for, and how a line is cut that has one. */

#include "sim/smtp/meaning.h"
#include "sim/smtp/path.h"
#include "sim/smtp/quoted.h"
#include "t/unit/runner.h"

static const struct {
	struct slice inner;
	const char *outer;
} quoting[] = {
	{ SLICE("jones@foo.com"), "jones@foo.com" },
	{ SLICE("jo nes@foo.com"), "\"jo nes\"@foo.com" },
	{ SLICE("a@b@foo.com"), "\"a@b\"@foo.com" },
	{ SLICE("a\"b\\c@foo.com"), "\"a\\\"b\\\\c\"@foo.com" },
	{ SLICE("there!user%x@foo.com"), "there!user%x@foo.com" },
	{ SLICE(".jones@foo.com"), "\".jones\"@foo.com" },
	{ SLICE("@foo.com"), "\"\"@foo.com" },
	{ SLICE("@a.example:jo nes@foo.com"), "@a.example:\"jo nes\"@foo.com" },
	{ SLICE("j\xc3\xb6@foo.com"), "j\xc3\xb6@foo.com" },
	{ SLICE("jones\x7f@foo.com"), "\"jones\x7f\"@foo.com" },
	{ SLICE("jones"), "jones" },
};

START_TEST(quotes_what_is_no_atom)
{
	struct text got = TEXT_INIT(1000), back = TEXT_INIT(1000);

	meaning_outer(quoting[_i].inner, &got);
	ck_assert_str_eq(text_cstr(&got), quoting[_i].outer);
	meaning_inner(text_slice(&got), &back);
	ck_assert(slice_equal(text_slice(&back), quoting[_i].inner));
	text_clear(&got);
	text_clear(&back);
}
END_TEST

static const struct {
	struct slice outer;
	const char *rewritten, *resolved;
} meant[] = {
	{ SLICE("jones"), "jones@mx.test", "jones@mx.test" },
	{ SLICE("jones@foo.com"), "jones@foo.com", "jones@foo.com" },
	{ SLICE("jones@foo.com."), "jones@foo.com", "jones@foo.com" },
	{ SLICE("jones@foo.com.."), "jones@foo.com..", "jones@foo.com.." },
	{ SLICE("jones@."), "jones@.", "jones@." },
	{ SLICE("jones%bar.com"), "jones@bar.com", "jones@bar.com" },
	{ SLICE("jones%a%bar.com"), "jones%a@bar.com", "jones%a@bar.com" },
	{ SLICE("jones%bar.com@mx.test"), "jones%bar.com@mx.test", "jones@bar.com" },
	{ SLICE("jones%mx.test@foo.com"), "jones%mx.test@foo.com", "jones@mx.test" },
	{ SLICE("jones%foo.com@bar.com"), "jones%foo.com@bar.com",
	    "jones%foo.com@bar.com" },
	{ SLICE("bar.com!jones"), "jones@bar.com", "jones@bar.com" },
	{ SLICE("a!b!jones"), "b!jones@a", "b!jones@a" },
	{ SLICE("bar.com!jones%foo.com"), "jones%foo.com@bar.com",
	    "jones%foo.com@bar.com" },
	{ SLICE("bar.com!jones@foo.com"), "bar.com!jones@foo.com", "jones@bar.com" },
	{ SLICE("!jones@foo.com"), "!jones@foo.com", "jones@" },
	{ SLICE("jones%@foo.com"), "jones%@foo.com", "jones@" },
	{ SLICE("%foo.com@mx.test"), "%foo.com@mx.test", "MAILER-DAEMON@foo.com" },
	{ SLICE("\"\"@foo.com"), "\"\"@foo.com", "MAILER-DAEMON@foo.com" },
	{ SLICE("\"\""), "\"\"", "MAILER-DAEMON@mx.test" },
	{ SLICE("@"), "\"\"", "MAILER-DAEMON@mx.test" },
	{ SLICE("jones@"), "jones@", "jones@" },
	{ SLICE("\"jones@bar.com\"@mx.test"), "\"jones@bar.com\"@mx.test",
	    "jones@bar.com" },
	{ SLICE("\"a b%bar.com\"@mx.test"), "\"a b%bar.com\"@mx.test",
	    "\"a b\"@bar.com" },
	{ SLICE("\"a%b\"@bar.com"), "\"a%b\"@bar.com", "\"a%b\"@bar.com" },
	{ SLICE("@a.example:jones@foo.com"), "jones@foo.com", "jones@foo.com" },
	{ SLICE("jones@[1.2.3.4]"), "jones@[1.2.3.4]", "jones@[1.2.3.4]" },
};

static bool
ours(const void *self, struct slice domain)
{
	(void)self;
	return slice_equal(domain, SLICE("mx.test")) ||
	       slice_equal(domain, SLICE("foo.com"));
}

START_TEST(says_where_it_leads)
{
	static const struct meaning_place here = { .ours = ours,
		.host = SLICE("mx.test") };
	struct text got = TEXT_INIT(1000);

	meaning_rewritten(meant[_i].outer, here.host, &got);
	ck_assert_str_eq(text_cstr(&got), meant[_i].rewritten);
	text_clear(&got);
	meaning_resolved(&here, meant[_i].outer, &got);
	ck_assert_str_eq(text_cstr(&got), meant[_i].resolved);
	text_clear(&got);
}
END_TEST

static const struct {
	struct slice line;
	const char *words; /* a bar between two; ! behind one that is not closed */
} cut[] = {
	{ SLICE("MAIL FROM:<a@b> SIZE=5"), "MAIL|FROM:|<a@b>|SIZE=5" },
	{ SLICE("  RCPT\tTo: <a b>\rX"), "RCPT|To:|<a b>|X" },
	{ SLICE("<a <b c>> d"), "<a <b c>>|d" },
	{ SLICE("\"a b\"@c d"), "\"a b\"@c|d" },
	{ SLICE("<\"a>b\"@c> d"), "<\"a>b\"@c>|d" },
	{ SLICE("a\\ b c"), "a\\ b|c" },
	{ SLICE("<a b"), "<a b!" },
	{ SLICE("\"a\\\" b"), "\"a\\\" b!" },
	{ SLICE("x:y to:z"), "x:y|to:|z" },
	{ SLICE("a>b c"), "a>b|c" },
	{ SLICE(" \t"), "" },
};

START_TEST(keeps_together_what_is_in_quotes)
{
	struct text got = TEXT_INIT(1000);
	struct slice rest = cut[_i].line;
	struct quoted w;

	while (quoted_next(&rest, &w))
		text_printf(&got, "%s%.*s%s", got.len != 0 ? "|" : "", (int)w.text.len,
		    w.text.ptr, w.open ? "!" : "");
	ck_assert_str_eq(text_cstr(&got), cut[_i].words);
	text_clear(&got);
}
END_TEST

static const struct {
	struct slice domain;
	bool good, wide;
} domains[] = {
	{ SLICE("foo.com"), true, false },
	{ SLICE("-foo.com"), false, false },
	{ SLICE("foo..com"), false, false },
	{ SLICE("127.0.0.1"), false, false },
	{ SLICE("[127.0.0.1]"), true, false },
	{ SLICE("[IPv6:::1]"), true, false },
	{ SLICE("[IPv6:1:2:3:4:5:6:7:8:9]"), false, false },
	{ SLICE("\xc3\xb6.example"), true, true },
	{ SLICE(""), false, false },
};

START_TEST(knows_a_domain)
{
	struct text path = TEXT_INIT(100);

	ck_assert_int_eq(path_domain_good(domains[_i].domain), domains[_i].good);
	text_printf(
	    &path, "<x@%.*s>", (int)domains[_i].domain.len, domains[_i].domain.ptr);
	ck_assert_int_eq(path_domain_wide(text_slice(&path)), domains[_i].wide);
	text_clear(&path);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("meaning");
	TCase *t = tcase_create("addresses");

	tcase_add_loop_test(t, quotes_what_is_no_atom, 0, COUNT(quoting));
	tcase_add_loop_test(t, says_where_it_leads, 0, COUNT(meant));
	tcase_add_loop_test(t, keeps_together_what_is_in_quotes, 0, COUNT(cut));
	tcase_add_loop_test(t, knows_a_domain, 0, COUNT(domains));
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
