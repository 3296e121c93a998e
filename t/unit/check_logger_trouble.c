/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/logger/logger.h"

#include "t/unit/logger_world.h"
#include "t/unit/runner.h"

/* A copy that fails, a message that breaks off, events and sizes nobody expects. */

enum { AT_BEGIN, AT_FIRST_WRITE, AT_LATER_WRITE, AT_COMMIT, N_FAULTS };

static void
break_world(int fault)
{
	world.begin_fails = fault == AT_BEGIN;
	world.write_fails_at = fault == AT_FIRST_WRITE   ? 1
			       : fault == AT_LATER_WRITE ? 5
							 : 0;
	world.commit_fails = fault == AT_COMMIT;
}

START_TEST(lets_mail_through_when_it_cannot_be_kept)
{
	break_world(_i);
	enum verdict_kind kind = message("<a@b>", "<c@d>", "body");
	ck_assert_int_eq(kind, _i == AT_BEGIN ? VERDICT_ACCEPT : VERDICT_CONTINUE);
	ck_assert_uint_eq(world.aborted, _i == AT_BEGIN || _i == AT_COMMIT ? 0 : 1);
	ck_assert_uint_eq(world.committed, _i == AT_COMMIT);
}
END_TEST

START_TEST(tempfails_when_told_to)
{
	rules.tempfail = true;
	break_world(_i);
	ck_assert_int_eq(message("<a@b>", "<c@d>", "body"), VERDICT_TEMPFAIL);
}
END_TEST

/* Ends a message after n events, as a reset or a lost client does. */
static void
stop_after(int n)
{
	mail("<a@b>");
	if (n > 0)
		rcpt("<c@d>");
	if (n > 1)
		logger_policy.data(msg);
	if (n > 2)
		logger_policy.header(msg, SLICE("X"), SLICE("y"));
	if (n > 3)
		logger_policy.eoh(msg);
	if (n > 4)
		logger_policy.body(msg, SLICE("z"));
	logger_policy.end(msg);
	msg = NULL;
}

START_TEST(leaves_nothing_of_an_aborted_message)
{
	stop_after(_i);
	ck_assert_uint_eq(world.committed, 0);
	ck_assert_uint_eq(world.aborted, world.begun);
	ck_assert_uint_eq(world.begun, _i > 1);
}
END_TEST

START_TEST(keeps_an_aborted_message_as_evidence_when_told_to)
{
	rules.keep_aborted = true;
	stop_after(_i);
	ck_assert_uint_eq(world.aborted, 0);
	ck_assert_uint_eq(world.committed, _i > 1);
	if (_i > 1)
		ck_assert_ptr_nonnull(
		    strstr(text_cstr(&world.summary), "status=1 cut=3"));
}
END_TEST

START_TEST(takes_events_in_any_order)
{
	static const char order[][4] = { "EEE", "BBE", "HBE", "DED", "OBE", "BHE" };

	mail("<a@b>");
	for (const char *e = order[_i]; *e != '\0'; e++) {
		if (*e == 'E')
			eom();
		if (*e == 'B')
			logger_policy.body(msg, SLICE("b"));
		if (*e == 'H')
			logger_policy.header(msg, SLICE("h"), SLICE("v"));
		if (*e == 'O')
			logger_policy.eoh(msg);
		if (*e == 'D')
			logger_policy.data(msg);
	}
	ck_assert_uint_eq(world.committed, 1);
}
END_TEST

START_TEST(bounds_what_it_remembers_of_an_envelope)
{
	static char longest[1 << 16];

	memset(longest, 'x', sizeof longest - 1);
	mail("<a@b>");
	for (int i = 0; i < 100; i++)
		rcpt(longest);
	eom();
	ck_assert_uint_eq(world.committed, 1);
	ck_assert_ptr_nonnull(strstr(text_cstr(&world.summary), "facts-cut"));
}
END_TEST

START_TEST(remembers_a_thousand_recipients)
{
	mail("<a@b>");
	for (int i = 0; i < 1000; i++)
		rcpt("<$(id)@x;|rm -rf *>");
	eom();
	size_t n = 0;
	for (const char *at = text_cstr(&world.summary);
	     (at = strstr(at, "to=<$(id)@x;|rm -rf *>")) != NULL; at++)
		n++;
	ck_assert_uint_eq(n, 1000);
	ck_assert_ptr_null(strstr(text_cstr(&world.summary), "facts-cut"));
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("logger_trouble");
	TCase *t = tcase_create("message");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, lets_mail_through_when_it_cannot_be_kept, 0, N_FAULTS);
	tcase_add_loop_test(t, tempfails_when_told_to, 0, N_FAULTS);
	tcase_add_loop_test(t, leaves_nothing_of_an_aborted_message, 0, 6);
	tcase_add_loop_test(t, keeps_an_aborted_message_as_evidence_when_told_to, 0, 6);
	tcase_add_loop_test(t, takes_events_in_any_order, 0, 6);
	tcase_add_test(t, bounds_what_it_remembers_of_an_envelope);
	tcase_add_test(t, remembers_a_thousand_recipients);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
