/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/smtp/xclient.h"

#include "t/unit/runner.h"

#define LABEL64 "0123456789012345678901234567890123456789012345678901234567890123"

static const struct {
	const char *what;
	struct slice argument;
	enum xclient_status status;
	enum xclient_name name;
	enum xclient_known known;
	struct slice value; /* what is given, or wrong */
} row[] = {
	{ "a name", SLICE("NAME=a.example"), XCLIENT_OK, XCLIENT_NAME, XCLIENT_GIVEN,
	    SLICE("a.example") },
	{ "in lower case", SLICE("name=A.example"), XCLIENT_OK, XCLIENT_NAME,
	    XCLIENT_GIVEN, SLICE("A.example") },
	{ "that is not there", SLICE("NAME=[UNAVAILABLE]"), XCLIENT_OK, XCLIENT_NAME,
	    XCLIENT_UNAVAILABLE, SLICE("[UNAVAILABLE]") },
	{ "not now", SLICE("REVERSE_NAME=[TempUnavail]"), XCLIENT_OK,
	    XCLIENT_REVERSE_NAME, XCLIENT_TEMPUNAVAIL, SLICE("[TempUnavail]") },
	{ "an address is there or not", SLICE("ADDR=[TEMPUNAVAIL]"), XCLIENT_BAD_VALUE,
	    XCLIENT_ADDR, XCLIENT_GIVEN, SLICE("[TEMPUNAVAIL]") },
	{ "with an underscore", SLICE("NAME=a_b"), XCLIENT_OK, XCLIENT_NAME,
	    XCLIENT_GIVEN, SLICE("a_b") },
	{ "a label of 64", SLICE("NAME=" LABEL64), XCLIENT_BAD_VALUE, XCLIENT_NAME,
	    XCLIENT_GIVEN, SLICE(LABEL64) },
	{ "a hyphen first", SLICE("NAME=-a"), XCLIENT_BAD_VALUE, XCLIENT_NAME,
	    XCLIENT_GIVEN, SLICE("-a") },
	{ "a hyphen last", SLICE("NAME=a-.b"), XCLIENT_BAD_VALUE, XCLIENT_NAME,
	    XCLIENT_GIVEN, SLICE("a-.b") },
	{ "a dot last", SLICE("NAME=a."), XCLIENT_BAD_VALUE, XCLIENT_NAME, XCLIENT_GIVEN,
	    SLICE("a.") },
	{ "an address as a name", SLICE("NAME=1.2.3.4"), XCLIENT_BAD_VALUE, XCLIENT_NAME,
	    XCLIENT_GIVEN, SLICE("1.2.3.4") },
	{ "an address", SLICE("ADDR=1.2.3.4"), XCLIENT_OK, XCLIENT_ADDR, XCLIENT_GIVEN,
	    SLICE("1.2.3.4") },
	{ "of version 6", SLICE("DESTADDR=ipv6:::1"), XCLIENT_OK, XCLIENT_DESTADDR,
	    XCLIENT_GIVEN, SLICE("::1") },
	{ "that does not say so", SLICE("ADDR=::1"), XCLIENT_BAD_VALUE, XCLIENT_ADDR,
	    XCLIENT_GIVEN, SLICE("::1") },
	{ "that says so and is not", SLICE("ADDR=IPV6:1.2.3.4"), XCLIENT_BAD_VALUE,
	    XCLIENT_ADDR, XCLIENT_GIVEN, SLICE("IPV6:1.2.3.4") },
	{ "an empty one", SLICE("ADDR=IPV6:"), XCLIENT_BAD_VALUE, XCLIENT_ADDR,
	    XCLIENT_GIVEN, SLICE("IPV6:") },
	{ "a port", SLICE("PORT=99999"), XCLIENT_OK, XCLIENT_PORT, XCLIENT_GIVEN,
	    SLICE("99999") },
	{ "of six digits", SLICE("DESTPORT=000001"), XCLIENT_BAD_VALUE, XCLIENT_DESTPORT,
	    XCLIENT_GIVEN, SLICE("000001") },
	{ "a sign", SLICE("PORT=-1"), XCLIENT_BAD_VALUE, XCLIENT_PORT, XCLIENT_GIVEN,
	    SLICE("-1") },
	{ "a protocol", SLICE("PROTO=esmtp"), XCLIENT_OK, XCLIENT_PROTO, XCLIENT_GIVEN,
	    SLICE("esmtp") },
	{ "another", SLICE("PROTO=LMTP"), XCLIENT_BAD_VALUE, XCLIENT_PROTO, XCLIENT_GIVEN,
	    SLICE("LMTP") },
	{ "xtext", SLICE("LOGIN=a+40b+2Bc"), XCLIENT_OK, XCLIENT_LOGIN, XCLIENT_GIVEN,
	    SLICE("a@b+c") },
	{ "none", SLICE("LOGIN=a+4"), XCLIENT_OK, XCLIENT_LOGIN, XCLIENT_GIVEN,
	    SLICE("a+4") },
	{ "none at the end", SLICE("LOGIN=a+40+"), XCLIENT_OK, XCLIENT_LOGIN,
	    XCLIENT_GIVEN, SLICE("a+40+") },
	{ "a NUL ends it", SLICE("LOGIN=a+00b"), XCLIENT_OK, XCLIENT_LOGIN, XCLIENT_GIVEN,
	    SLICE("a") },
	{ "a line end is none", SLICE("HELO=a+0D+0Ab"), XCLIENT_OK, XCLIENT_HELO,
	    XCLIENT_GIVEN, SLICE("a??b") },
	{ "UTF-8 stays", SLICE("LOGIN=+c3+a9"), XCLIENT_OK, XCLIENT_LOGIN, XCLIENT_GIVEN,
	    SLICE("\xc3\xa9") },
	{ "what is none does not", SLICE("LOGIN=+c3b"), XCLIENT_OK, XCLIENT_LOGIN,
	    XCLIENT_GIVEN, SLICE("?b") },
	{ "no attribute of that name", SLICE("FOO=1"), XCLIENT_UNKNOWN, XCLIENT_NAME,
	    XCLIENT_GIVEN, SLICE("FOO") },
	{ "no value", SLICE("NAME="), XCLIENT_NO_VALUE, XCLIENT_NAME, XCLIENT_GIVEN,
	    SLICE("NAME") },
	{ "no equals sign", SLICE("NAME a"), XCLIENT_NO_VALUE, XCLIENT_NAME,
	    XCLIENT_GIVEN, SLICE("NAME") },
	{ "no name", SLICE("=a"), XCLIENT_NO_VALUE, XCLIENT_NAME, XCLIENT_GIVEN,
	    SLICE("") },
	{ "nothing", SLICE(" \t"), XCLIENT_END, XCLIENT_NAME, XCLIENT_GIVEN, SLICE("") },
};

START_TEST(reads_an_attribute)
{
	struct text scratch = TEXT_INIT(XCLIENT_VALUE_MAX);
	struct slice rest = row[_i].argument;
	struct xclient_attribute a;

	ck_assert_msg(
	    xclient_next(&rest, &scratch, &a) == row[_i].status, "%s", row[_i].what);
	ck_assert_msg(a.name == row[_i].name, "%s", row[_i].what);
	ck_assert_msg(a.known == row[_i].known, "%s", row[_i].what);
	ck_assert_msg(slice_equal(a.value, row[_i].value), "%s: '%.*s'", row[_i].what,
	    (int)a.value.len, a.value.ptr);
	text_clear(&scratch);
}
END_TEST

START_TEST(takes_one_after_the_other)
{
	struct text scratch = TEXT_INIT(XCLIENT_VALUE_MAX);
	struct slice rest = SLICE("  ADDR=IPV6:::ffff:1.2.3.4 \tPORT=25  ");
	struct xclient_attribute a;

	ck_assert_int_eq(xclient_next(&rest, &scratch, &a), XCLIENT_OK);
	ck_assert(!a.inet6);
	ck_assert_mem_eq(a.address, "\1\2\3\4", 4);
	ck_assert_int_eq(xclient_next(&rest, &scratch, &a), XCLIENT_OK);
	ck_assert_int_eq(a.name, XCLIENT_PORT);
	ck_assert_int_eq(xclient_next(&rest, &scratch, &a), XCLIENT_END);
	text_clear(&scratch);
}
END_TEST

START_TEST(a_value_has_255_bytes_as_typed)
{
	struct text scratch = TEXT_INIT(XCLIENT_VALUE_MAX);
	struct text line = TEXT_INIT(1000);
	struct xclient_attribute a;

	text_printf(&line, "HELO=%0255d", 7);
	struct slice rest = text_slice(&line);
	ck_assert_int_eq(xclient_next(&rest, &scratch, &a), XCLIENT_OK);
	ck_assert_uint_eq(a.value.len, XCLIENT_VALUE_MAX);
	text_printf(&line, "7");
	rest = text_slice(&line);
	ck_assert_int_eq(xclient_next(&rest, &scratch, &a), XCLIENT_TOO_LONG);
	text_clear(&line);
	text_clear(&scratch);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("xclient");
	TCase *t = tcase_create("xclient");

	tcase_add_loop_test(t, reads_an_attribute, 0, sizeof row / sizeof row[0]);
	tcase_add_test(t, takes_one_after_the_other);
	tcase_add_test(t, a_value_has_255_bytes_as_typed);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
