/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a client hears of a milter's answer, and which rules an MTA forgives: both
 * from the profiles' tables, as recorded in fixtures/traces.
 */
#include "sim/commands/heard.h"

#include "sim/profile/forgives.h"
#include "t/unit/runner.h"

#define SENDMAIL &profile_sendmail_8_17
#define POSTFIX  &profile_postfix_3_7
#define STRICT   &profile_strict

static const struct {
	const char *what;
	const struct profile *profile;
	enum packet_kind command, answer;
	struct slice payload;
	const char *hears;
} row[] = {
	{ "sendmail, a client refused", SENDMAIL, CMD_CONNECT, RPL_REJECT, SLICE(""),
	    "554 mx.example ESMTP not accepting messages" },
	{ "Postfix, a client refused", POSTFIX, CMD_CONNECT, RPL_REJECT, SLICE(""),
	    "554 mx.example ESMTP not accepting connections" },
	{ "sendmail, a recipient refused", SENDMAIL, CMD_RCPT, RPL_REJECT, SLICE(""),
	    "550 5.7.1 <jones@foo.com>... Command rejected" },
	{ "Postfix, a recipient refused", POSTFIX, CMD_RCPT, RPL_REJECT, SLICE(""),
	    "550 5.7.1 Command rejected" },
	{ "sendmail, a message refused", SENDMAIL, CMD_BODYEOB, RPL_REJECT, SLICE(""),
	    "554 5.7.1 Command rejected" },
	{ "Postfix, a message refused", POSTFIX, CMD_BODYEOB, RPL_REJECT, SLICE(""),
	    "550 5.7.1 Command rejected" },
	{ "sendmail, put off", SENDMAIL, CMD_MAIL, RPL_TEMPFAIL, SLICE(""),
	    "451 4.3.2 Please try again later" },
	{ "Postfix, put off", POSTFIX, CMD_MAIL, RPL_TEMPFAIL, SLICE(""),
	    "451 4.7.1 Service unavailable - try again later" },
	{ "own words", POSTFIX, CMD_BODYEOB, RPL_REPLYCODE,
	    SLICE("550 5.7.0 100%% VIRUS\0"), "550 5.7.0 100% VIRUS" },
	{ "sendmail names the path in them", SENDMAIL, CMD_RCPT, RPL_REPLYCODE,
	    SLICE("550 5.7.1 no\0"), "550 5.7.1 <jones@foo.com>... no" },
	{ "a terminal's escape", POSTFIX, CMD_MAIL, RPL_REPLYCODE,
	    SLICE("550 5.7.1 \033[2J\0"), "550 5.7.1 \\x1B[2J" },
	{ "several lines", POSTFIX, CMD_MAIL, RPL_REPLYCODE,
	    SLICE("550-5.7.1 a\r\n550 5.7.1 b\0"), "550-5.7.1 a\n550 5.7.1 b" },
	{ "sendmail, no reply: its own words", SENDMAIL, CMD_BODYEOB, RPL_REPLYCODE,
	    SLICE("550 5.7.0 100% VIRUS\0"), "554 5.7.1 Command rejected" },
	{ "thrown away", SENDMAIL, CMD_MAIL, RPL_DISCARD, SLICE(""),
	    "250 OK, and the message is thrown away" },
	{ "let go", POSTFIX, CMD_MAIL, RPL_ACCEPT, SLICE(""),
	    "250 OK, and the milter sees no more" },
	{ "go on", POSTFIX, CMD_MAIL, RPL_CONTINUE, SLICE(""), "250 OK" },
	{ "what is no answer here", STRICT, CMD_MAIL, RPL_SKIP, SLICE(""),
	    "what a milter that failed comes to: F= says it" },
	{ "before any command", STRICT, N_PACKETS, RPL_CONTINUE, SLICE(""), "250 OK" },
};

START_TEST(a_client_hears)
{
	struct text out = TEXT_INIT(4000);
	const struct heard h = { .profile = row[_i].profile,
		.protocol = 0,
		.command = row[_i].command,
		.answer = row[_i].answer,
		.payload = row[_i].payload,
		.path = SLICE("<jones@foo.com>"),
		.sender = SLICE("<smith@bar.com>") };

	heard_append(&out, &h);
	ck_assert_msg(strcmp(text_cstr(&out), row[_i].hears) == 0, "%s: %s", row[_i].what,
	    text_cstr(&out));
	text_clear(&out);
}
END_TEST

static const struct {
	const struct profile *profile;
	enum wire_rule forgiven[4]; /* ends in N_WIRE_RULES */
} forgiven[] = {
	{ STRICT, { N_WIRE_RULES } },
	{ SENDMAIL,
	    { RULE_VERSION_HIGH, RULE_REPLY_ENHANCED, RULE_EDIT_BODY, N_WIRE_RULES } },
	{ POSTFIX, { RULE_PROTOCOL, RULE_PROGRESS_STAGE, N_WIRE_RULES } },
};

START_TEST(an_mta_forgives_what_does_it_no_harm)
{
	struct wire_rule_set wanted = { 0 };

	for (size_t i = 0; forgiven[_i].forgiven[i] != N_WIRE_RULES; i++)
		wire_rule_set_add(&wanted, forgiven[_i].forgiven[i]);
	ck_assert_msg(profile_forgives(forgiven[_i].profile).bits == wanted.bits, "%s",
	    forgiven[_i].profile->name);
}
END_TEST

static Suite *
heard_suite(void)
{
	Suite *s = suite_create("heard");
	TCase *t = tcase_create("heard");

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, a_client_hears, 0, COUNT(row));
	tcase_add_loop_test(t, an_mta_forgives_what_does_it_no_harm, 0, COUNT(forgiven));
	return s;
}

RUN_SUITE(heard_suite)
