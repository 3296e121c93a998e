/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/reply.h"

#include "t/unit/runner.h"

static const struct {
	struct slice line;
	char class;
	const char *fault; /* NULL: fine */
} row[] = {
	{ SLICE("550 5.7.0 VIRUS FOUND"), '5', NULL },
	{ SLICE("452 4.2.2 Mailbox full"), '4', NULL },
	{ SLICE("554 5.7.1 %v found, 100%% sure"), 0, NULL },
	{ SLICE("  550   5.7.0   spaced  "), 0, NULL },
	{ SLICE("450 4.7.0 x"), '5', "must begin with a 5yz code" },
	{ SLICE("550 5.7.0 x"), '4', "must begin with a 4yz code" },
	{ SLICE("550 4.7.0 x"), 0, "of another class" },
	{ SLICE("250 2.0.0 x"), 0, "does not begin with a reply code" },
	{ SLICE("55 5.7.0 x"), 0, "does not begin with a reply code" },
	{ SLICE("5500 5.7.0 x"), 0, "does not begin with a reply code" },
	{ SLICE("560 5.7.0 x"), 0, "does not begin with a reply code" },
	{ SLICE("55x 5.7.0 x"), 0, "does not begin with a reply code" },
	{ SLICE(""), 0, "does not begin with a reply code" },
	{ SLICE("550 x"), 0, "no enhanced status code" },
	{ SLICE("550 5.7 x"), 0, "no enhanced status code" },
	{ SLICE("550 5..1 x"), 0, "no enhanced status code" },
	{ SLICE("550 5.1. x"), 0, "no enhanced status code" },
	{ SLICE("550 5.1000.1 x"), 0, "no enhanced status code" },
	{ SLICE("550 5.1.1.1 x"), 0, "no enhanced status code" },
	{ SLICE("550 5.7.0"), 0, "has no text" },
	{ SLICE("550 5.7.0 a\tb"), 0, "not printable ASCII" },
	{ SLICE("550 5.7.0 a\0b"), 0, "not printable ASCII" },
	{ SLICE("550 5.7.0 \303\251"), 0, "not printable ASCII" },
	{ SLICE("550 5.7.0 50% off"), 0, "neither %%" },
	{ SLICE("550 5.7.0 %x"), 0, "neither %%" },
	{ SLICE("550 5.7.0 100%"), 0, "neither %%" },
};

START_TEST(reads_a_template)
{
	struct text why = TEXT_INIT(500);
	struct reply_template r;
	bool ok = reply_parse("reply", row[_i].line, row[_i].class, "v", &r, &why);

	if (row[_i].fault == NULL)
		ck_assert_msg(ok, "%s", text_cstr(&why));
	else
		ck_assert_msg(!ok && strstr(text_cstr(&why), row[_i].fault) != NULL,
		    "'%s': got '%s'", row[_i].line.ptr, text_cstr(&why));
	text_clear(&why);
}
END_TEST

START_TEST(refuses_a_long_text)
{
	struct text why = TEXT_INIT(500);
	struct reply_template r;
	char line[10 + 257];

	memcpy(line, "550 5.7.0 ", 10);
	memset(line + 10, 'x', 257);
	ck_assert(!reply_parse("reply", (struct slice){ line, 267 }, 0, "", &r, &why));
	ck_assert(reply_parse("reply", (struct slice){ line, 266 }, 0, "", &r, &why));
	text_clear(&why);
}
END_TEST

static const struct {
	struct slice line, value;
	const char *want;
} expansion[] = {
	{ SLICE("550 5.7.0 %v FOUND"), SLICE("KLEZ.H"), "KLEZ.H FOUND" },
	{ SLICE("550 5.7.0 100%% %v"), SLICE("X"), "100% X" },
	{ SLICE("550 5.7.0 %%v"), SLICE("X"), "%v" },
	{ SLICE("550 5.7.0 %v"), SLICE("a\r\n\0\377b"), "a????b" },
	{ SLICE("550 5.7.0 %v%v"), SLICE("ab"), "abab" },
};

START_TEST(fills_in_the_name)
{
	struct text why = TEXT_INIT(500);
	struct reply_template template;
	struct reply got;

	ck_assert(reply_parse("reply", expansion[_i].line, '5', "v", &template, &why));
	reply_expand(&template, 'v', expansion[_i].value, &got);
	ck_assert_str_eq(got.code, "550");
	ck_assert_str_eq(got.enhanced, "5.7.0");
	ck_assert_str_eq(got.text, expansion[_i].want);
}
END_TEST

/* What is sent as configured: quota-milter's reply once kept its %%. */
START_TEST(a_plain_reply_has_its_per_cent_signs)
{
	struct text why = TEXT_INIT(500);
	struct reply got;

	ck_assert(reply_parse_plain(
	    "reply", SLICE("552 5.2.2 100%% full, 5%% over"), 0, &got, &why));
	ck_assert_str_eq(got.text, "100% full, 5% over");
	ck_assert(
	    !reply_parse_plain("unknown-reply", SLICE("451 4.3.0 %v"), 0, &got, &why));
	ck_assert_ptr_nonnull(strstr(text_cstr(&why), "unknown-reply '451"));
	text_clear(&why);
}
END_TEST

START_TEST(cuts_what_does_not_fit)
{
	static const char name[5000] = { 'x' };
	struct text why = TEXT_INIT(500);
	struct reply_template template;
	struct reply got;

	ck_assert(reply_parse("reply", SLICE("550 5.7.0 %v"), '5', "v", &template, &why));
	reply_expand(&template, 'v', (struct slice){ name, sizeof name }, &got);
	ck_assert_uint_eq(strlen(got.text), REPLY_TEXT_MAX);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("reply");
	TCase *t = tcase_create("template");

	tcase_add_loop_test(t, reads_a_template, 0, COUNT(row));
	tcase_add_test(t, refuses_a_long_text);
	tcase_add_loop_test(t, fills_in_the_name, 0, COUNT(expansion));
	tcase_add_test(t, a_plain_reply_has_its_per_cent_signs);
	tcase_add_test(t, cuts_what_does_not_fit);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
