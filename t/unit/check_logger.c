/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/logger/logger.h"

#include "t/unit/logger_world.h"
#include "t/unit/runner.h"

START_TEST(accepts_at_mail_while_the_switch_is_off)
{
	world.on = false;
	ck_assert_int_eq(mail("<a@b>"), VERDICT_ACCEPT);
	ck_assert_uint_eq(world.begun, 0);
}
END_TEST

START_TEST(copies_what_the_mta_showed)
{
	ck_assert_int_eq(
	    message("<a@b.example>", "<c@d.example>", "one\r\n"), VERDICT_CONTINUE);
	ck_assert_uint_eq(world.committed, 1);
	ck_assert_str_eq(text_cstr(&world.stored), "Subject: hello\r\n\r\none\r\n");
	ck_assert_str_eq(text_cstr(&world.summary),
	    "client=mx.example address=192.0.2.1 helo=there from=<a@b.example> "
	    "to=<c@d.example> status=0 cut=0 h=18 b=5/5");
}
END_TEST

START_TEST(goes_on_when_the_switch_goes_away)
{
	mail("<a@b>");
	world.on = false;
	rcpt("<c@d>");
	logger_policy.data(msg);
	content("body");
	eom();
	ck_assert_uint_eq(world.committed, 1);
	ck_assert_str_eq(text_cstr(&world.stored), "Subject: hello\r\n\r\nbody");
}
END_TEST

START_TEST(does_not_begin_when_the_switch_comes_late)
{
	world.on = false;
	mail("<a@b>");
	world.on = true;
	ck_assert_uint_eq(world.begun, 0);
}
END_TEST

static const struct {
	struct slice value, stored;
} fold[] = {
	{ SLICE(" a\n\tb"), SLICE("X: a\r\n\tb\r\n") },
	{ SLICE(" a\r\n\tb"), SLICE("X: a\r\n\tb\r\n") },
	{ SLICE(""), SLICE("X:\r\n") },
	{ SLICE("nospace"), SLICE("X:nospace\r\n") },
	{ SLICE("\n\n"), SLICE("X:\r\n\r\n\r\n") },
	{ SLICE("  two \303\251 \377 \0."), SLICE("X:  two \303\251 \377 \0.\r\n") },
	{ SLICE("a\rb"), SLICE("X:a\rb\r\n") },
};

START_TEST(writes_headers_as_on_the_wire)
{
	mail("<a@b>");
	logger_policy.header(msg, SLICE("X"), fold[_i].value);
	ck_assert(slice_equal(text_slice(&world.stored), fold[_i].stored));
}
END_TEST

/* An MTA without HDR_LEADSPC: one blank is all that is known. */
START_TEST(puts_a_blank_back_that_the_mta_took)
{
	static const struct client old = { .blank_taken = true };
	struct envelope_event ev = path("<a@b>");

	msg = logger_policy.begin(&rules, &old);
	logger_policy.mail(msg, &ev);
	logger_policy.header(msg, SLICE("A"), SLICE("b"));
	logger_policy.header(msg, SLICE("C"), SLICE(" d\n\te"));
	logger_policy.header(msg, SLICE("E"), SLICE(""));
	ck_assert(slice_equal(
	    text_slice(&world.stored), SLICE("A: b\r\nC:  d\r\n\te\r\nE:\r\n")));
}
END_TEST

START_TEST(keeps_nul_and_eight_bit_in_a_body_cut_anywhere)
{
	mail("<>");
	logger_policy.eoh(msg);
	logger_policy.body(msg, SLICE("a\0\377"));
	logger_policy.body(msg, SLICE(""));
	logger_policy.body(msg, SLICE("\n.\r\nb"));
	eom();
	ck_assert(slice_equal(text_slice(&world.stored), SLICE("\r\na\0\377\n.\r\nb")));
}
END_TEST

START_TEST(keeps_a_message_without_headers_and_body)
{
	mail("<>");
	ck_assert_int_eq(eom(), VERDICT_CONTINUE);
	ck_assert_uint_eq(world.committed, 1);
	ck_assert_str_eq(text_cstr(&world.stored), "\r\n");
}
END_TEST

static const struct {
	enum logger_keep keep;
	unsigned long long first;
	const char *stored, *tail;
} kept[] = {
	{ LOGGER_KEEP_ALL, 3, "Subject: hello\r\n\r\n12345", "cut=0 h=18 b=5/5" },
	{ LOGGER_KEEP_HEADERS, 3, "Subject: hello\r\n\r\n", "cut=1 h=18 b=0/5" },
	{ LOGGER_KEEP_FIRST, 3, "Subject: hello\r\n\r\n123", "cut=2 h=18 b=3/5" },
	{ LOGGER_KEEP_FIRST, 5, "Subject: hello\r\n\r\n12345", "cut=0 h=18 b=5/5" },
	{ LOGGER_KEEP_FIRST, 0, "Subject: hello\r\n\r\n", "cut=2 h=18 b=0/5" },
};

START_TEST(keeps_as_much_as_was_asked)
{
	rules.keep = kept[_i].keep;
	rules.first_bytes = kept[_i].first;
	mail("<a@b>");
	content("12");
	logger_policy.body(msg, SLICE("345"));
	eom();
	ck_assert_str_eq(text_cstr(&world.stored), kept[_i].stored);
	ck_assert_ptr_nonnull(strstr(text_cstr(&world.summary), kept[_i].tail));
}
END_TEST

static const struct {
	const char *list, *from, *to;
	bool stored;
} choice[] = {
	{ "from a@b.example", "<a@b.example>", "<c@d.example>", true },
	{ "from a@b.example", "<x@b.example>", "<c@d.example>", false },
	{ "to c@d.example", "<a@b.example>", "<C+x@d.example>", true },
	{ "to c@d.example", "<c@d.example>", "<a@b.example>", false },
	{ "both @d.example", "<c@d.example>", "<a@b.example>", true },
	{ "to c@d.example until 2025-12-31", "<a@b>", "<c@d.example>", false },
};

START_TEST(keeps_only_whom_the_list_names)
{
	struct text why = TEXT_INIT(200);
	struct selection *s = NULL;

	ck_assert(selection_parse(slice_of(choice[_i].list), "l", &s, &why));
	rules.selection = s;
	enum verdict_kind kind = message(choice[_i].from, choice[_i].to, "x");
	ck_assert_uint_eq(world.committed, choice[_i].stored ? 1 : 0);
	ck_assert_uint_eq(world.begun, world.committed);
	ck_assert_int_eq(kind, choice[_i].stored ? VERDICT_CONTINUE : VERDICT_ACCEPT);
	selection_free(s);
}
END_TEST

START_TEST(does_not_select_by_a_recipient_whom_the_mta_refused)
{
	struct text why = TEXT_INIT(200);
	struct selection *s = NULL;
	struct envelope_event ev = path("<c@d.example>");

	ck_assert(selection_parse(SLICE("to c@d.example"), "l", &s, &why));
	rules.selection = s;
	mail("<a@b>");
	ev.macros.self = "error";
	logger_policy.rcpt(msg, &ev);
	ck_assert_int_eq(logger_policy.data(msg).kind, VERDICT_ACCEPT);
	selection_free(s);
}
END_TEST

START_TEST(notes_a_refused_recipient)
{
	struct envelope_event ev = path("<green@d>");

	mail("<a@b>");
	ev.macros.self = "error";
	logger_policy.rcpt(msg, &ev);
	ev.macros.self = "local";
	logger_policy.rcpt(msg, &ev);
	eom();
	ck_assert_ptr_nonnull(strstr(text_cstr(&world.summary),
	    "to=<green@d> rejected= mailer=error to=<green@d> mailer=local"));
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("logger");
	TCase *t = tcase_create("message");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, accepts_at_mail_while_the_switch_is_off);
	tcase_add_test(t, copies_what_the_mta_showed);
	tcase_add_test(t, goes_on_when_the_switch_goes_away);
	tcase_add_test(t, does_not_begin_when_the_switch_comes_late);
	tcase_add_loop_test(t, writes_headers_as_on_the_wire, 0, COUNT(fold));
	tcase_add_test(t, puts_a_blank_back_that_the_mta_took);
	tcase_add_test(t, keeps_nul_and_eight_bit_in_a_body_cut_anywhere);
	tcase_add_test(t, keeps_a_message_without_headers_and_body);
	tcase_add_loop_test(t, keeps_as_much_as_was_asked, 0, COUNT(kept));
	tcase_add_loop_test(t, keeps_only_whom_the_list_names, 0, COUNT(choice));
	tcase_add_test(t, does_not_select_by_a_recipient_whom_the_mta_refused);
	tcase_add_test(t, notes_a_refused_recipient);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
