/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/virus/second.h"

#include "t/unit/runner.h"
#include "t/unit/second_world.h"

static void
again(void)
{
	second_free(second);
	second = second_new(&rules, &client);
	ck_assert_ptr_nonnull(second);
}

static enum second_outcome
message(const char *body)
{
	second_header(second, SLICE("Subject"), SLICE(" hello"));
	second_eoh(second);
	second_body(second, slice_of(body));
	return second_judge(second, NULL);
}

START_TEST(shows_the_message_as_it_was_sent)
{
	second_header(second, SLICE("X-Odd"), SLICE("no blank"));
	second_header(second, SLICE("Subject"), SLICE("  two\n\tfolded\r\n kept"));
	second_header(second, SLICE("Empty"), SLICE(""));
	second_eoh(second);
	second_body(second, SLICE("a\0b\r\n"));
	second_body(second, SLICE("more"));
	ck_assert_int_eq(second_judge(second, NULL), SECOND_CLEAN);
	ck_assert(slice_equal(text_slice(&world.shown),
	    SLICE(
		"From refmilter\nX-Odd:no blank\r\nSubject:  two\r\n\tfolded\r\n kept\r\n"
		"Empty:\r\n\r\na\0b\r\nmore")));
	ck_assert_uint_eq(second_size(second), world.shown.len);
}
END_TEST

START_TEST(gives_a_blank_back_that_the_mta_took)
{
	client.blank_taken = true;
	again();
	second_header(second, SLICE("A"), SLICE("b"));
	second_header(second, SLICE("Empty"), SLICE(""));
	(void)second_judge(second, NULL);
	ck_assert_str_eq(
	    text_cstr(&world.shown), "From refmilter\nA: b\r\nEmpty:\r\n\r\n");
}
END_TEST

START_TEST(shows_a_message_of_nothing)
{
	ck_assert_int_eq(second_judge(second, NULL), SECOND_CLEAN);
	ck_assert_str_eq(text_cstr(&world.shown), "From refmilter\n\r\n");
}
END_TEST

START_TEST(puts_the_empty_line_where_an_mta_leaves_eoh_out)
{
	second_header(second, SLICE("A"), SLICE(" b"));
	second_body(second, SLICE("x"));
	(void)second_judge(second, NULL);
	ck_assert_str_eq(text_cstr(&world.shown), "From refmilter\nA: b\r\n\r\nx");
}
END_TEST

static const struct {
	const char *name;
	enum second_outcome want;
} found_row[] = {
	{ "Win.Test", SECOND_FOUND },
	{ "PUA.Win.Tool", SECOND_IGNORED },
	{ "PUA.", SECOND_IGNORED },
	{ "PUA", SECOND_FOUND },
	{ "XPUA.y", SECOND_FOUND },
	{ "pua.x", SECOND_FOUND },
	{ "Exact.Name", SECOND_IGNORED },
	{ "Exact.Name2", SECOND_FOUND },
	{ "Heuristics.Phishing.Email.Url", SECOND_IGNORED },
	{ "PhishingUrl", SECOND_IGNORED },
	{ "Phishing.Ur", SECOND_FOUND },
	{ "PhishingUrlUrx", SECOND_FOUND },
	{ "Heuristics.Limits.Exceeded.MaxFileSize", SECOND_LIMITS },
	{ "Heuristics.Limits.", SECOND_LIMITS },
	{ "Heuristics.Encrypted.Zip", SECOND_FOUND },
};

START_TEST(knows_what_a_name_means)
{
	find(found_row[_i].name);
	ck_assert_msg(message("x") == found_row[_i].want, "%s", found_row[_i].name);
	ck_assert(slice_equal(second_found(second), slice_of(found_row[_i].name)));
	ck_assert_uint_eq(world.outcome[found_row[_i].want], 1);
}
END_TEST

START_TEST(ignores_no_limit_whatever_is_ignored)
{
	static char all[] = "*";
	static char *ignored_all[] = { all };

	rules.ignore = (struct name_list){ ignored_all, 1 };
	find("Heuristics.Limits.Exceeded.MaxRecursion");
	ck_assert_int_eq(message("x"), SECOND_LIMITS);
}
END_TEST

START_TEST(shows_what_has_the_limit_and_nothing_larger)
{
	size_t around = strlen("From refmilter\nSubject: hello\r\n\r\n");
	char body[1001];

	memset(body, 'x', sizeof body);
	body[1000 - around] = '\0';
	ck_assert_int_eq(message(body), SECOND_CLEAN);
	ck_assert_uint_eq(second_size(second), 1000);
	again();
	body[1000 - around] = 'x';
	body[1001 - around] = '\0';
	ck_assert_int_eq(message(body), SECOND_TOO_LARGE);
	ck_assert_uint_eq(second_size(second), 1001);
	ck_assert_uint_eq(world.copies, 0);
	ck_assert_uint_eq(world.asked, 1);
}
END_TEST

START_TEST(asks_nobody_about_what_it_could_not_keep)
{
	world.no_memory = true;
	ck_assert_int_eq(message("x"), SECOND_NO_OPINION);
	world.no_memory = false;
	world.no_room = true;
	again();
	ck_assert_int_eq(message("x"), SECOND_NO_OPINION);
	ck_assert_uint_eq(world.asked, 0);
	ck_assert_uint_eq(world.outcome[SECOND_NO_OPINION], 2);
}
END_TEST

START_TEST(has_no_opinion_where_nobody_has)
{
	world.answer = OPINION_NONE;
	ck_assert_int_eq(message("x"), SECOND_NO_OPINION);
}
END_TEST

START_TEST(never_shows_a_body_without_its_headers)
{
	client.events = ON_BODY;
	again();
	second_body(second, SLICE("x"));
	ck_assert_int_eq(second_judge(second, NULL), SECOND_NO_HEADERS);
	ck_assert_uint_eq(world.asked, 0);
	ck_assert_ptr_nonnull(strstr(world.reported, "older than the reload"));
}
END_TEST

START_TEST(keeps_nothing_of_what_is_judged_already)
{
	second_header(second, SLICE("A"), SLICE(" b"));
	ck_assert_uint_eq(world.copies, 1);
	second_forget(second);
	ck_assert_uint_eq(world.copies, 0);
	second_body(second, SLICE("x"));
	ck_assert_uint_eq(world.copies, 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("second");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, shows_the_message_as_it_was_sent);
	tcase_add_test(t, gives_a_blank_back_that_the_mta_took);
	tcase_add_test(t, shows_a_message_of_nothing);
	tcase_add_test(t, puts_the_empty_line_where_an_mta_leaves_eoh_out);
	tcase_add_loop_test(t, knows_what_a_name_means, 0, COUNT(found_row));
	tcase_add_test(t, ignores_no_limit_whatever_is_ignored);
	tcase_add_test(t, shows_what_has_the_limit_and_nothing_larger);
	tcase_add_test(t, asks_nobody_about_what_it_could_not_keep);
	tcase_add_test(t, has_no_opinion_where_nobody_has);
	tcase_add_test(t, never_shows_a_body_without_its_headers);
	tcase_add_test(t, keeps_nothing_of_what_is_judged_already);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
