/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/play/milter_play.h"

#include "t/unit/milter_source.h"
#include "t/unit/runner.h"

/* What a play tells beside how it ended: the difference, events, the shortest walk. */

START_TEST(a_walk_that_fails_is_made_short)
{
	struct milter_outcome o = MILTER_OUTCOME_INIT;
	struct transcript t;

	ck_assert(read(&t, HEAD
	    "generate: walks 50 of 60\nM< on MAIL 2: ADDHEADER X: y\n" OFFER "point:\n"));
	struct milter_play_config config = { .transcript = &t };
	ck_assert_int_eq(milter_play(&config, &o), MILTER_FAIL);
	/* The shortest way to a second MAIL. */
	ck_assert_msg(strstr(text_cstr(&o.variant), ": CONNECT MAIL MAIL") != NULL, "%s",
	    text_cstr(&o.variant));
	milter_outcome_clear(&o);
	transcript_clear(&t);
}
END_TEST

START_TEST(the_difference_shows_what_came_and_what_did_not)
{
	struct milter_outcome o = MILTER_OUTCOME_INIT;
	struct transcript t;

	ck_assert(read(&t, HEAD "M< on BODYEOB: CHGHEADER 1 Subject: y\n" EOM
				"M< answer\nR: MAIL <a@b>\nR: RCPT <c@d>\n"
				"R: HEADER Subject: x\nR: BODY one\\r\\n\n"));
	struct milter_play_config config = { .transcript = &t };
	ck_assert_int_eq(milter_play(&config, &o), MILTER_FAIL);
	ck_assert_str_eq(text_cstr(&o.diff),
	    "--- expected\n+++ the message that results\n MAIL <a@b>\n RCPT <c@d>\n"
	    "-HEADER Subject: x\n+HEADER Subject: y\n BODY one\\r\\n\n");
	milter_outcome_clear(&o);
	transcript_clear(&t);
}
END_TEST

static bool
dead(void *self, struct text *why)
{
	(void)self;
	text_printf(why, "killed by signal 11");
	return false;
}

START_TEST(a_process_that_died_is_the_failure)
{
	struct milter_outcome o = MILTER_OUTCOME_INIT;
	struct transcript t;

	ck_assert(read(&t, HEAD "M< on RCPT: close\n" RCPT));
	struct milter_play_config config = { .transcript = &t, .alive = dead };
	ck_assert_int_eq(milter_play(&config, &o), MILTER_FAIL);
	ck_assert_str_eq(text_cstr(&o.got), "killed by signal 11");
	milter_outcome_clear(&o);
	transcript_clear(&t);
}
END_TEST

struct count {
	unsigned packets, breaches, opens, closes;
};

static void
tally(void *self, const struct event *e)
{
	struct count *n = self;

	n->packets += e->what == EVENT_PACKET;
	n->breaches += e->what == EVENT_BREACH;
	n->opens += e->what == EVENT_OPEN;
	n->closes += e->what == EVENT_CLOSE;
}

START_TEST(all_that_happens_is_told)
{
	struct milter_outcome o = MILTER_OUTCOME_INIT;
	struct count n = { 0 };
	struct transcript t;

	ck_assert(read(&t, HEAD "allow: edit/stage\nM< on RCPT: ADDHEADER X: y\n" RCPT));
	struct milter_play_config config = { .transcript = &t, .sink = { tally, &n } };
	ck_assert_int_eq(milter_play(&config, &o), MILTER_PASS);
	/* 5 commands, 5 answers, the header, QUIT */
	ck_assert_uint_eq(n.packets, 12);
	ck_assert_uint_eq(n.breaches, 1);
	ck_assert_uint_eq(n.opens, 1);
	ck_assert_uint_eq(n.closes, 1);
	ck_assert(wire_rule_set_has(o.broken, RULE_EDIT_STAGE));
	milter_outcome_clear(&o);
	transcript_clear(&t);
}
END_TEST

START_TEST(a_param_of_the_caller_wins)
{
	struct milter_outcome o = MILTER_OUTCOME_INIT;
	struct transcript t;
	const struct milter_param param = { "reply", "REJECT" };

	ck_assert(read(&t, HEAD "param: reply = CONTINUE\nM< on RCPT: REJECT\n" MAIL
				"M> RCPT <c@d>\nM< ${reply}\n"));
	struct milter_play_config config = {
		.transcript = &t, .param = &param, .params = 1
	};
	ck_assert_int_eq(milter_play(&config, &o), MILTER_PASS);
	milter_outcome_clear(&o);
	transcript_clear(&t);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("milter_outcome");
	TCase *t = tcase_create("milter_outcome");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, a_walk_that_fails_is_made_short);
	tcase_add_test(t, the_difference_shows_what_came_and_what_did_not);
	tcase_add_test(t, a_process_that_died_is_the_failure);
	tcase_add_test(t, all_that_happens_is_told);
	tcase_add_test(t, a_param_of_the_caller_wins);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
