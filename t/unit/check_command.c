/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/profile/profile.h"
#include "sim/smtp/parameters.h"

#include "t/unit/runner.h"

static const struct {
	struct slice line;
	enum verb verb;
	struct slice argument;
	bool unwanted;
} line[] = {
	{ SLICE("EHLO bar.com"), VERB_EHLO, SLICE("bar.com"), false },
	{ SLICE("helo  bar.com "), VERB_HELO, SLICE("bar.com"), false },
	{ SLICE("MAIL FROM:<>"), VERB_MAIL, SLICE("FROM:<>"), false },
	{ SLICE("rcpt to:<a@b>"), VERB_RCPT, SLICE("to:<a@b>"), false },
	{ SLICE("DATA"), VERB_DATA, SLICE(""), false },
	{ SLICE("DATA now"), VERB_DATA, SLICE("now"), true },
	{ SLICE("RSET "), VERB_RSET, SLICE(""), false },
	{ SLICE("QUIT x"), VERB_QUIT, SLICE("x"), true },
	{ SLICE("NOOP x"), VERB_NOOP, SLICE("x"), false },
	{ SLICE("VRFY x"), VERB_VRFY, SLICE("x"), false },
	{ SLICE("EXPN x"), VERB_EXPN, SLICE("x"), false },
	{ SLICE("HELP"), VERB_HELP, SLICE(""), false },
	{ SLICE("HELPX"), VERB_UNKNOWN, SLICE(""), false },
	{ SLICE(""), VERB_UNKNOWN, SLICE(""), false },
	{ SLICE(" DATA"), VERB_UNKNOWN, SLICE("DATA"), false },
	{ SLICE("BDAT 5 LAST"), VERB_UNKNOWN, SLICE("5 LAST"), false },
};

START_TEST(knows_its_words)
{
	struct command c = command_parse(line[_i].line);

	ck_assert_int_eq(c.verb, line[_i].verb);
	ck_assert_int_eq(c.unwanted, line[_i].unwanted);
	ck_assert(slice_equal(c.argument, line[_i].argument));
	ck_assert(!c.too_long);
}
END_TEST

static const struct {
	const char *word;
	size_t longest; /* with CRLF */
} length[] = { { "NOOP", 512 }, { "EHLO", 512 }, { "MAIL", 1055 }, { "RCPT", 1055 },
	{ "XXXX", 512 } };

START_TEST(a_line_has_a_limit)
{
	char bytes[2000];

	memset(bytes, 'x', sizeof bytes);
	memcpy(bytes, length[_i].word, 4);
	bytes[4] = ' ';
	ck_assert(
	    !command_parse((struct slice){ bytes, length[_i].longest - 2 }).too_long);
	ck_assert(
	    command_parse((struct slice){ bytes, length[_i].longest - 1 }).too_long);
}
END_TEST

static const struct {
	struct slice argument;
	bool bare;
	enum envelope_status status;
	struct slice path;
	size_t parameters;
} envelope[] = {
	{ SLICE("FROM:<Smith@bar.com>"), false, ENVELOPE_OK, SLICE("<Smith@bar.com>"),
	    0 },
	{ SLICE("from:<>"), false, ENVELOPE_OK, SLICE("<>"), 0 },
	{ SLICE("FROM: <a@b>"), false, ENVELOPE_OK, SLICE("<a@b>"), 0 },
	{ SLICE("FROM:<a@b> SIZE=5 BODY=8BITMIME"), false, ENVELOPE_OK, SLICE("<a@b>"),
	    2 },
	{ SLICE("FROM:<a@b>  RET=FULL "), false, ENVELOPE_OK, SLICE("<a@b>"), 1 },
	{ SLICE("FROM:<@x:a@b>"), false, ENVELOPE_OK, SLICE("<@x:a@b>"), 0 },
	{ SLICE("FROM:<\"a b>\"@c>"), false, ENVELOPE_OK, SLICE("<\"a b>\"@c>"), 0 },
	{ SLICE("FROM:<\"a\\\"> b\"@c>"), false, ENVELOPE_OK, SLICE("<\"a\\\"> b\"@c>"),
	    0 },
	{ SLICE("FROM:a@b"), true, ENVELOPE_OK, SLICE("a@b"), 0 },
	{ SLICE("FROM:a@b SIZE=1"), true, ENVELOPE_OK, SLICE("a@b"), 1 },
	{ SLICE("FROM:a@b"), false, ENVELOPE_BAD_PATH, SLICE(""), 0 },
	{ SLICE("FROM:"), true, ENVELOPE_NO_KEYWORD, SLICE(""), 0 },
	{ SLICE("FROM:<a@b"), false, ENVELOPE_BAD_PATH, SLICE(""), 0 },
	{ SLICE("FROM:<a b>"), false, ENVELOPE_BAD_PATH, SLICE(""), 0 },
	{ SLICE("FROM:<a<b>"), false, ENVELOPE_BAD_PATH, SLICE(""), 0 },
	{ SLICE("FROM:<a@b>SIZE=1"), false, ENVELOPE_BAD_PATH, SLICE(""), 0 },
	{ SLICE("FROM:<\"a>"), false, ENVELOPE_BAD_PATH, SLICE(""), 0 },
	{ SLICE("FROM:<\"a\\"), false, ENVELOPE_BAD_PATH, SLICE(""), 0 },
	{ SLICE("TO:<a@b>"), false, ENVELOPE_NO_KEYWORD, SLICE(""), 0 },
	{ SLICE("<a@b>"), false, ENVELOPE_NO_KEYWORD, SLICE(""), 0 },
	{ SLICE("FROM:<a@b> =5"), false, ENVELOPE_BAD_PARAMETER, SLICE(""), 0 },
	{ SLICE("FROM:<a@b> -X=5"), false, ENVELOPE_BAD_PARAMETER, SLICE(""), 0 },
	{ SLICE("FROM:<a@b> SIZE="), false, ENVELOPE_BAD_PARAMETER, SLICE(""), 0 },
	{ SLICE("FROM:<a@b> SI_ZE=5"), false, ENVELOPE_BAD_PARAMETER, SLICE(""), 0 },
	{ SLICE("FROM:<a@b> X=\377"), false, ENVELOPE_BAD_PARAMETER, SLICE(""), 0 },
	{ SLICE("FROM:<a> A B C D E F G H I J K L M N O P Q"), false,
	    ENVELOPE_BAD_PARAMETER, SLICE(""), 0 },
};

START_TEST(takes_an_envelope_apart)
{
	struct envelope e = { 0 };
	enum envelope_status got =
	    envelope_parse(envelope[_i].argument, SLICE("FROM:"), envelope[_i].bare, &e);

	ck_assert_msg(
	    got == envelope[_i].status, "'%s': %d", envelope[_i].argument.ptr, got);
	ck_assert_msg(slice_equal(e.path, envelope[_i].path), "'%s': '%.*s'",
	    envelope[_i].argument.ptr, (int)e.path.len, e.path.ptr);
	ck_assert_uint_eq(e.parameters, envelope[_i].parameters);
}
END_TEST

static const struct {
	enum verb verb;
	struct slice parameter;
	enum parameter_status status;
} parameter[] = {
	{ VERB_MAIL, SLICE("SIZE=0"), PARAMETER_OK },
	{ VERB_MAIL, SLICE("size=18446744073709551615"), PARAMETER_OK },
	{ VERB_MAIL, SLICE("SIZE=18446744073709551616"), PARAMETER_BAD_VALUE },
	{ VERB_MAIL, SLICE("SIZE=-1"), PARAMETER_BAD_VALUE },
	{ VERB_MAIL, SLICE("SIZE=1k"), PARAMETER_BAD_VALUE },
	{ VERB_MAIL, SLICE("SIZE"), PARAMETER_NO_VALUE },
	{ VERB_RCPT, SLICE("SIZE=1"), PARAMETER_UNKNOWN },
	{ VERB_MAIL, SLICE("BODY=7bit"), PARAMETER_OK },
	{ VERB_MAIL, SLICE("BODY=8BITMIME"), PARAMETER_OK },
	{ VERB_MAIL, SLICE("BODY=BINARYMIME"), PARAMETER_BAD_VALUE },
	{ VERB_MAIL, SLICE("RET=HDRS"), PARAMETER_OK },
	{ VERB_MAIL, SLICE("RET=NONE"), PARAMETER_BAD_VALUE },
	{ VERB_MAIL, SLICE("ENVID=a+2Bb"), PARAMETER_OK },
	{ VERB_MAIL, SLICE("ENVID=a+2"), PARAMETER_BAD_VALUE },
	{ VERB_MAIL, SLICE("ENVID=a+zz"), PARAMETER_BAD_VALUE },
	{ VERB_RCPT, SLICE("NOTIFY=NEVER"), PARAMETER_OK },
	{ VERB_RCPT, SLICE("NOTIFY=SUCCESS,FAILURE,DELAY"), PARAMETER_OK },
	{ VERB_RCPT, SLICE("NOTIFY=SUCCESS,NEVER"), PARAMETER_BAD_VALUE },
	{ VERB_RCPT, SLICE("NOTIFY=SUCCESS,"), PARAMETER_BAD_VALUE },
	{ VERB_RCPT, SLICE("NOTIFY=,SUCCESS"), PARAMETER_BAD_VALUE },
	{ VERB_RCPT, SLICE("ORCPT=rfc822;a@b"), PARAMETER_OK },
	{ VERB_RCPT, SLICE("ORCPT=a@b"), PARAMETER_BAD_VALUE },
	{ VERB_RCPT, SLICE("ORCPT=;a@b"), PARAMETER_BAD_VALUE },
	{ VERB_MAIL, SLICE("SMTPUTF8"), PARAMETER_UNKNOWN },
	{ VERB_MAIL, SLICE("FOO=BAR"), PARAMETER_UNKNOWN },
};

START_TEST(checks_a_parameter)
{
	struct slice whole = parameter[_i].parameter;
	size_t equals = slice_find(whole, '=');
	const struct parameter p = { slice_first(whole, equals),
		slice_from(whole, equals + 1), whole };

	const bool rcpt = parameter[_i].verb == VERB_RCPT;
	struct parameter_found f;

	ck_assert_int_eq(
	    parameter_check(rfc2821_parameters, rcpt, &p, SLICE("SIZE 8BITMIME DSN"), &f),
	    parameter[_i].status);
	ck_assert_int_eq(parameter_check(rfc2821_parameters, rcpt, &p, SLICE("HELP"), &f),
	    PARAMETER_UNKNOWN);
}
END_TEST

static const struct {
	struct slice name;
	bool valid;
} domain[] = {
	{ SLICE("bar.com"), true },
	{ SLICE("[127.0.0.1]"), true },
	{ SLICE("[IPv6:::1]"), true },
	{ SLICE("under_score"), true },
	{ SLICE("-"), true },
	{ SLICE(""), false },
	{ SLICE("a b"), false },
	{ SLICE("a\tb"), false },
	{ SLICE("b\303\244r.com"), false },
	{ SLICE("<a>"), false },
	{ SLICE("a@b"), false },
	{ SLICE("a!b"), false },
	{ SLICE("a#b"), true },
};

START_TEST(knows_a_domain)
{
	ck_assert_int_eq(domain_valid(domain[_i].name, 0), domain[_i].valid);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("command");
	TCase *t = tcase_create("line");

	tcase_add_loop_test(t, knows_its_words, 0, COUNT(line));
	tcase_add_loop_test(t, a_line_has_a_limit, 0, COUNT(length));
	tcase_add_loop_test(t, takes_an_envelope_apart, 0, COUNT(envelope));
	tcase_add_loop_test(t, checks_a_parameter, 0, COUNT(parameter));
	tcase_add_loop_test(t, knows_a_domain, 0, COUNT(domain));
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
