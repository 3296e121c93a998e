/* SPDX-License-Identifier: BSD-2-Clause */

/* What Postfix 3.7.11 does and sendmail does not, a row each: filters, texts, words. */

#include "sim/filters/filter.h"
#include "sim/server/deliver.h"
#include "sim/smtp/smtp.h"
#include "t/unit/chain_story.h"
#include "t/unit/runner.h"

/* --- filters: stories as in check_chain.c --- */

#define UP "O <O DC C <c =g DH H <c =g DM M <c =g DR R <c =g"
/* clang-format off */
static const struct {
	const char *what;
	size_t filters;
	struct play play[2];
	const char *moments, *story;
} row[] = {
	{ "SHUTDOWN in the text throws the mail away", 1,
	    { { .at = 'B', .answer = SLICE("4") } }, "CHMRTEQ",
	    UP " DT T <c =g DL L <c DL L <c DN N <c DB B <4 =d A Q" },
	{ "... at its end too", 1, { { .at = 'E', .answer = SLICE("4") } }, "CHMRTE",
	    UP " DT T <c =g DL L <c DL L <c DN N <c DB B <c DE E <4 =d" },
	{ "who wants all mail held is told of the text alone, and of the end", 1,
	    { { .at = 'C', .answer = SLICE("qheld\0"), .then = SLICE("c") } }, "CHMRTEQ",
	    "O <O DC C <q <c =h =h =h =h =h DL L <c DL L <c DN N <c DB B <c DE E <c =g A Q" },
	{ "... however its answer comes", 1,
	    { { .at = 'R', .answer = SLICE("qheld\0"), .late = SLICE("c") } }, "CHMRTEQ",
	    "O <O DC C <c =g DH H <c =g DM M <c =g DR R <q <c =h =h DL L <c DL L <c DN N <c DB B <c DE E <c =g A Q" },
	/* One that says two things in one breath: who read it has it. */
	{ "an answer too many in the text goes with who read it", 1,
	    { { .at = 'E', .answer = SLICE("c"), .then = SLICE("r") } }, "CHMRTEM",
	    UP " DT T <c =g DL L <c DL L <c DN N <c DB B <c DE E <c ! =g A DM M <c =g" },
	{ "... before it, answers the next command", 1,
	    { { .at = 'T', .answer = SLICE("c"), .then = SLICE("r") } }, "CHMRTEM",
	    UP " DT T <c =g ! DL L <c DL L <c DN N <c DB B <c DE E <c =g A DM M <r =r" },
	{ "... and the next one is never connected", 2,
	    { { .at = 'C', .answer = SLICE("qheld\0"), .then = SLICE("c") } }, "CMRTE",
	    "O <O DC C <q <c =h =h =h =h DL L <c DL L <c DN N <c DB B <c DE E <c =g" },
};
/* clang-format on */

START_TEST(tells_the_story_that_postfix_tells)
{
	struct chain *c =
	    new_chain(POLICY_TEMPFAIL, row[_i].filters, &profile_postfix_3_7.habits);

	session(c, row[_i].play, row[_i].moments);
	ck_assert_msg(strcmp(text_cstr(&story), row[_i].story) == 0,
	    "%s:\n%s\nwanted:\n%s", row[_i].what, text_cstr(&story), row[_i].story);
	free_chain(c);
}
END_TEST

/* --- texts --- */

static const struct {
	struct slice helo;
	const char *begins;
} greeting[] = {
	{ SLICE("bar.com"),
	    " from bar.com (localhost [127.0.0.1])\n\tby mx.test (Postfix)" },
	{ SLICE("a b;<c>"), " from a?b??c? (localhost [127.0.0.1])" },
	{ SLICE(""), " from localhost (localhost [127.0.0.1])" },
};

START_TEST(received_has_no_special_in_the_name)
{
	const struct facts f = { .helo = greeting[_i].helo,
		.host = SLICE("mx.test"),
		.software = SLICE("Postfix"),
		.client_known = SLICE("localhost"),
		.client_address = SLICE("127.0.0.1") };
	struct text got = TEXT_INIT(1000);

	profile_postfix_3_7.received(&f, &got);
	ck_assert_msg(strncmp(text_cstr(&got), greeting[_i].begins,
			  strlen(greeting[_i].begins)) == 0,
	    "%s", text_cstr(&got));
	text_clear(&got);
}
END_TEST

START_TEST(the_sender_is_an_author_with_a_domain)
{
	static const char *const domain = "mx.test";
	const struct users u = { .domain = &domain, .domains = 1 };
	static const struct {
		struct slice path;
		const char *shown;
	} senders[] = {
		{ SLICE("<>"), "" },
		{ SLICE("<Smith>"), "Smith@mx.test" },
		{ SLICE("<bar.com!Smith>"), "Smith@bar.com" },
		{ SLICE("<mailer-daemon>"), "" },
		{ SLICE("<MAILER-DAEMON@mx.test>"), "" },
		{ SLICE("<MAILER-DAEMON@bar.com>"), "MAILER-DAEMON@bar.com" },
	};
	struct text got = TEXT_INIT(1000);

	for (size_t i = 0; i < COUNT(senders); i++) {
		users_written(&u, senders[i].path, &got);
		ck_assert_str_eq(text_cstr(&got), senders[i].shown);
		text_clear(&got);
	}
}
END_TEST

START_TEST(a_deleted_field_is_no_place)
{
	struct message m;

	message_init(&m, 1000);
	m.rules = &profile_postfix_3_7.habits.edit;
	ck_assert_int_eq(
	    message_parse(&m, SLICE("A: 1\r\nB: 2\r\nC: 3\r\n\r\n")), MESSAGE_OK);
	ck_assert_int_eq(message_change_field(&m, 1, SLICE("B"), SLICE("")), MESSAGE_OK);
	ck_assert_uint_eq(message_place(&m, 0), 0);
	ck_assert_uint_eq(message_place(&m, 2), 3);
	/* It is one, and the new one goes behind. */
	m.rules = &profile_sendmail_8_17.habits.edit;
	ck_assert_uint_eq(message_place(&m, 2), 3);
	ck_assert_uint_eq(message_place(&m, 0xffffffff), 1);
	message_clear(&m);
}
END_TEST

/* --- the negotiation --- */

#define TERMS "\0\0\0\6\0\0\1\377\0\0\0\0"
static const struct {
	struct slice payload;
	bool good;
} terms[] = {
	{ SLICE(TERMS), true },
	{ SLICE(TERMS "\0\0\0\11x\0\0\0\0\2i\0"), true },
	{ SLICE(TERMS "\0\0\0\2i"), false },
};

START_TEST(a_strange_stage_is_passed_over)
{
	struct filter f;
	struct text why = TEXT_INIT(1000);

	filter_init(&f, configs(POLICY_TEMPFAIL));
	ck_assert_int_eq(filter_negotiated(&f, &profile_postfix_3_7.habits.offer,
			     terms[_i].payload, &why),
	    terms[_i].good);
	ck_assert_int_eq(f.listed[SYMLIST_MAIL], _i == 1);
	text_clear(&why);
	filter_clear(&f);
}
END_TEST

/* --- words --- */

static const struct {
	struct slice said;
	const char *heard; /* behind the greeting */
	bool extended;
} talk[] = {
	{ SLICE("EHLO x\r\nHELO x\r\n"), "250 mx.test\r\n", true },
	{ SLICE("HELO x\r\n"), "250 mx.test\r\n", false },
	{ SLICE("MAIL FROM:<Smith @bar.com>\r\n"), "250 2.1.0 Ok\r\n", false },
	{ SLICE("MAIL FROM:<>\r\n"), "250 2.1.0 Ok\r\n", false },
	{ SLICE("MAIL FROM:<jon es@bar.com>\r\n"),
	    "501 5.1.7 Bad sender address syntax\r\n", false },
	{ SLICE("MAIL FROM:<>\r\nRCPT TO:<> NOTIFY=X\r\n"),
	    "501 5.1.3 Bad recipient address syntax\r\n", false },
	{ SLICE("STARTTLS now\r\n"), "501 5.5.4 Syntax: STARTTLS\r\n", false },
};

START_TEST(says_what_postfix_says)
{
	const struct smtp_config config = { .profile = &profile_postfix_3_7,
		.host = SLICE("mx.test"),
		.announced = SLICE("ENHANCEDSTATUSCODES DSN"),
		.size_limit = 1000 };
	const struct outcome go = { .kind = OUTCOME_GO };
	struct budget budget = { 0, 1 << 20 };
	struct smtp s;

	smtp_init(&s, &config, &budget);
	smtp_greet(&s, &go);
	ck_assert(smtp_feed(&s, talk[_i].said));
	while (smtp_next(&s) != SMTP_INPUT)
		smtp_answer(&s, &go);
	struct slice said = text_slice(&s.out);
	size_t n = strlen(talk[_i].heard);
	ck_assert_msg(
	    said.len >= n && memcmp(said.ptr + said.len - n, talk[_i].heard, n) == 0,
	    "%.*s", (int)said.len, said.ptr);
	ck_assert_int_eq(s.extended, talk[_i].extended);
	smtp_clear(&s);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("postfix");
	TCase *t = tcase_create("filters");

	tcase_add_loop_test(t, tells_the_story_that_postfix_tells, 0, COUNT(row));
	tcase_add_loop_test(t, a_strange_stage_is_passed_over, 0, COUNT(terms));
	suite_add_tcase(s, t);
	t = tcase_create("words");
	tcase_add_loop_test(t, received_has_no_special_in_the_name, 0, COUNT(greeting));
	tcase_add_test(t, the_sender_is_an_author_with_a_domain);
	tcase_add_test(t, a_deleted_field_is_no_place);
	tcase_add_loop_test(t, says_what_postfix_says, 0, COUNT(talk));
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
