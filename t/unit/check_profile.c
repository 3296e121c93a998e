/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/profile/profile.h"

#include "t/unit/runner.h"

static const struct profile *const all[] = { &profile_rfc2821, &profile_sendmail_8_17,
	&profile_postfix_3_7, &profile_strict };

START_TEST(has_words_for_everything)
{
	const struct profile *p = all[_i];

	ck_assert_ptr_eq(profile_named(slice_of(p->name)), p);
	ck_assert_ptr_nonnull(strstr(profile_names(), p->name));
	for (int i = 0; i < N_SAY; i++) {
		const struct phrase *ph = profile_phrase(p, (enum say)i);
		ck_assert_msg(
		    ph->text != NULL && ph->code != NULL && strlen(ph->code) == 3,
		    "%s: phrase %d", p->name, i);
		ck_assert_msg(ph->enhanced == NULL || ph->enhanced[0] == ph->code[0],
		    "%s: phrase %d: %s and %s", p->name, i, ph->code, ph->enhanced);
		for (const char *c = ph->text; (c = strchr(c, '%')) != NULL; c += 2)
			ck_assert_msg(
			    c[1] != '\0' && strchr("hncmrabfoqtxpw%", c[1]) != NULL,
			    "%s: phrase %d: %%%c", p->name, i, c[1]);
	}
	ck_assert(profile_named(SLICE("exim")) == NULL);
}
END_TEST

static const struct {
	const char *what;
	const struct profile *profile;
	enum moment when;
	struct outcome outcome;
	const char *line;
} refusal[] = {
	{ "550 names the path", &profile_sendmail_8_17, MOMENT_RCPT,
	    { .kind = OUTCOME_REPLY, .reply = SLICE("550 5.7.1 no") },
	    "550 5.7.1 <a@b>... no\r\n" },
	{ "so do 450 and 553", &profile_sendmail_8_17, MOMENT_MAIL,
	    { .kind = OUTCOME_REPLY, .reply = SLICE("450 4.7.1 no") },
	    "450 4.7.1 <a@b>... no\r\n" },
	{ "552 does not", &profile_sendmail_8_17, MOMENT_RCPT,
	    { .kind = OUTCOME_REPLY, .reply = SLICE("552 5.2.2 Mailbox full") },
	    "552 5.2.2 Mailbox full\r\n" },
	{ "behind the text that of a filter's last CHGFROM", &profile_sendmail_8_17,
	    MOMENT_MESSAGE, { .kind = OUTCOME_REPLY, .reply = SLICE("550 5.7.0 no") },
	    "550 5.7.0 <a@b>... no\r\n" },
	{ "a spoilt reply to the header is another, with a path", &profile_sendmail_8_17,
	    MOMENT_MESSAGE, { .kind = OUTCOME_SPOILT, .in_header = true },
	    "550 5.7.1 <a@b>... Command rejected\r\n" },
	{ "... than one to the body", &profile_sendmail_8_17, MOMENT_MESSAGE,
	    { .kind = OUTCOME_SPOILT }, "554 5.7.1 Command rejected\r\n" },
	{ "not at DATA", &profile_sendmail_8_17, MOMENT_DATA,
	    { .kind = OUTCOME_REPLY, .reply = SLICE("550 5.7.0 VIRUS FOUND") },
	    "550 5.7.0 VIRUS FOUND\r\n" },
	{ "a missing status code is completed", &profile_sendmail_8_17, MOMENT_RCPT,
	    { .kind = OUTCOME_REPLY, .reply = SLICE("554 no") }, "554 5.0.0 no\r\n" },
	{ "... and before the path", &profile_sendmail_8_17, MOMENT_RCPT,
	    { .kind = OUTCOME_REPLY, .reply = SLICE("550 no") },
	    "550 5.0.0 <a@b>... no\r\n" },
	{ "... not in rfc2821", &profile_rfc2821, MOMENT_RCPT,
	    { .kind = OUTCOME_REPLY, .reply = SLICE("550 no") }, "550 no\r\n" },
	{ "the first line alone is touched", &profile_sendmail_8_17, MOMENT_RCPT,
	    { .kind = OUTCOME_REPLY,
		.reply = SLICE("550-5.7.1 one\r\n550-5.7.1 two\r\n550 5.7.1 three") },
	    "550-5.7.1 <a@b>... one\r\n550-5.7.1 two\r\n550 5.7.1 three\r\n" },
	{ "a code alone", &profile_rfc2821, MOMENT_RCPT,
	    { .kind = OUTCOME_REPLY, .reply = SLICE("550") }, "550 \r\n" },
	{ "reject", &profile_sendmail_8_17, MOMENT_RCPT, { .kind = OUTCOME_REJECT },
	    "550 5.7.1 <a@b>... Command rejected\r\n" },
	{ "reject of DATA", &profile_sendmail_8_17, MOMENT_DATA,
	    { .kind = OUTCOME_REJECT }, "550 5.7.1 Command rejected\r\n" },
	{ "reject of the text", &profile_sendmail_8_17, MOMENT_MESSAGE,
	    { .kind = OUTCOME_REJECT }, "554 5.7.1 Command rejected\r\n" },
	{ "tempfail", &profile_sendmail_8_17, MOMENT_MAIL, { .kind = OUTCOME_TEMPFAIL },
	    "451 4.3.2 Please try again later\r\n" },
	{ "F=4 in the envelope", &profile_sendmail_8_17, MOMENT_MAIL,
	    { .kind = OUTCOME_SHUTDOWN }, "421 4.3.0 closing connection\r\n" },
	{ "F=4 elsewhere", &profile_sendmail_8_17, MOMENT_DATA,
	    { .kind = OUTCOME_SHUTDOWN }, "421 4.7.0 mx.test closing connection\r\n" },
	{ "Postfix names no path", &profile_postfix_3_7, MOMENT_RCPT,
	    { .kind = OUTCOME_REPLY, .reply = SLICE("550 5.7.1 no") },
	    "550 5.7.1 no\r\n" },
	{ "... adds no status code", &profile_postfix_3_7, MOMENT_RCPT,
	    { .kind = OUTCOME_REPLY, .reply = SLICE("550 no") }, "550 no\r\n" },
	{ "... and a hyphen where a line follows", &profile_postfix_3_7, MOMENT_MESSAGE,
	    { .kind = OUTCOME_REPLY, .reply = SLICE("550 5.7.0 a\r\n550 5.7.0 b\r\nc") },
	    "550-5.7.0 a\r\n550-5.7.0 b\r\nc\r\n" },
	{ "a filter that asked for what there is not", &profile_postfix_3_7, MOMENT_MAIL,
	    { .kind = OUTCOME_MISCONFIGURED },
	    "451 4.3.5 Server configuration problem - try again later\r\n" },
	{ "go has no words", &profile_rfc2821, MOMENT_MAIL, { .kind = OUTCOME_GO }, "" },
};

START_TEST(refuses_in_its_words)
{
	const struct say_values v = {
		.host = SLICE("mx.test"), .path = SLICE("<a@b>"), .enhanced = true
	};
	struct text got = TEXT_INIT(1000);

	profile_refuse(
	    refusal[_i].profile, refusal[_i].when, &refusal[_i].outcome, &v, &got);
	ck_assert_msg(strcmp(text_cstr(&got), refusal[_i].line) == 0, "%s: %s",
	    refusal[_i].what, text_cstr(&got));
	text_clear(&got);
}
END_TEST

START_TEST(a_reply_stays_one_line)
{
	const struct say_values v = { .word = SLICE("a\r\n250 hidden\0\377%h") };
	struct text got = TEXT_INIT(1000);

	profile_say(&profile_sendmail_8_17, SAY_UNKNOWN_COMMAND, &v, &got);
	ck_assert_str_eq(
	    text_cstr(&got), "500 Command unrecognized: \"a??250 hidden??%h\"\r\n");
	text_clear(&got);
}
END_TEST

/* What real Postfix 3.7.11 and sendmail 8.17.1 told a filter at MAIL. */
static const struct {
	const struct profile *profile;
	struct slice path, author, name;
	const char *value; /* NULL: none */
} told[] = {
	{ &profile_postfix_3_7, SLICE("<a@b@c>"), SLICE(""), SLICE("{mail_addr}"),
	    "\"a@b\"@c" },
	{ &profile_postfix_3_7, SLICE("<\"john smith\"@c>"), SLICE(""),
	    SLICE("{mail_addr}"), "\"john smith\"@c" },
	{ &profile_postfix_3_7, SLICE("<\"jones\"@C>"), SLICE(""), SLICE("{mail_addr}"),
	    "jones@c" },
	{ &profile_postfix_3_7, SLICE("<>"), SLICE("<>"), SLICE("{auth_author}"), NULL },
	{ &profile_postfix_3_7, SLICE("<>"), SLICE("a@b"), SLICE("{auth_author}"),
	    "a@b" },
	{ &profile_sendmail_8_17, SLICE("<>"), SLICE("<>"), SLICE("{auth_author}"),
	    "<>" },
};

START_TEST(tells_a_filter_of_the_sender)
{
	const struct facts f = { .sender = told[_i].path,
		.authored = told[_i].author.len != 0,
		.auth_author = told[_i].author,
		.reached = SINCE_MAIL };
	struct text scratch = TEXT_INIT(1000);
	struct slice got;
	bool has = facts_macro(
	    told[_i].profile->macro_values, &f, told[_i].name, &scratch, &got);

	ck_assert_int_eq(has, told[_i].value != NULL);
	if (has)
		ck_assert_msg(slice_equal(got, slice_of(told[_i].value)), "%.*s",
		    (int)got.len, got.ptr);
	text_clear(&scratch);
}
END_TEST

START_TEST(what_is_behind_a_reply_is_an_empty_line)
{
	const struct outcome o = { .kind = OUTCOME_REPLY,
		.reply = SLICE("550 5.7.1 no\r\n") };
	const struct say_values v = { .enhanced = true };
	struct text got = TEXT_INIT(1000);

	profile_refuse(&profile_sendmail_8_17, MOMENT_DATA, &o, &v, &got);
	ck_assert_str_eq(text_cstr(&got), "550 5.7.1 no\r\n\r\n");
	text_clear(&got);
	profile_refuse(&profile_rfc2821, MOMENT_DATA, &o, &v, &got);
	ck_assert_str_eq(text_cstr(&got), "550 5.7.1 no\r\n");
	text_clear(&got);
}
END_TEST

START_TEST(an_unknown_mailbox_stands_in_brackets)
{
	const struct say_values v = { .path = SLICE("Green@foo.com"), .enhanced = true };
	struct text got = TEXT_INIT(1000);

	profile_say(&profile_postfix_3_7, SAY_NO_SUCH_USER, &v, &got);
	ck_assert_str_eq(text_cstr(&got),
	    "550 5.1.1 <Green@foo.com>: Recipient address rejected: "
	    "User unknown in local recipient table\r\n");
	text_clear(&got);
}
END_TEST

/* SKIP in answer to BODY: no more of it, in two ways to say so. */
static enum reaction
plain(enum reaction r, int command)
{
	return command == CMD_BODY && r == DO_SKIP ? DO_NO_BODY : r;
}

static enum reaction
reaction(const struct profile *p, int command, int answer)
{
	return plain(p->habits.reactions->at[command][answer], command);
}

/* Strict does what all do, and where they differ the filter fails. */
START_TEST(strict_is_what_all_have_in_common)
{
	for (int k = CMD_CONNECT; k < N_COMMANDS; k++) {
		for (int a = 0; a < N_ANSWERS; a++) {
			enum reaction one = reaction(&profile_sendmail_8_17, k, a),
				      other = reaction(&profile_postfix_3_7, k, a);
			/* One word for two ends: Postfix then panics at a MAIL. */
			bool panics = k == CMD_UNKNOWN &&
				      (a == ANSWER_ACCEPT || a == ANSWER_DISCARD);
			bool safe = one == other && !panics;
			ck_assert_msg(
			    reaction(&profile_strict, k, a) == (safe ? one : DO_FAIL),
			    "%s, answer %d", packet_rules[k].name, a);
		}
	}
}
END_TEST

static bool
has_word(const char *words, struct slice word)
{
	struct slice rest = slice_of(words), one;

	for (; rest.len != 0; rest = slice_from(rest, one.len + 1)) {
		one = slice_first(rest, slice_find(rest, ' '));
		if (slice_equal(one, word))
			return true;
	}
	return false;
}

START_TEST(strict_tells_no_macro_that_one_does_not)
{
	const struct profile *const mtas[] = { &profile_sendmail_8_17,
		&profile_postfix_3_7 };

	for (int k = CMD_CONNECT; k < N_COMMANDS; k++) {
		struct slice rest = slice_of(profile_strict.habits.macros[k].names), one;
		for (; rest.len != 0; rest = slice_from(rest, one.len + 1)) {
			one = slice_first(rest, slice_find(rest, ' '));
			for (size_t i = 0; i < COUNT(mtas); i++)
				ck_assert_msg(
				    has_word(mtas[i]->habits.macros[k].names, one),
				    "%s: %.*s", packet_rules[k].name, (int)one.len,
				    one.ptr);
		}
	}
}
END_TEST

/* The one recipient is told where no other address was looked at. */
static const struct {
	const char *what;
	unsigned long commands, verified;
	bool told;
} received[] = {
	{ "one RCPT", 1, 0, true },
	{ "two of the same", 2, 0, false },
	{ "one, and a VRFY before it", 1, 1, false },
};

START_TEST(tells_for_whom_it_received)
{
	const struct facts f = { .only_rcpt = SLICE("<jones@foo.com>"),
		.rcpt_commands = received[_i].commands,
		.verified = received[_i].verified };
	struct text out = TEXT_INIT(1000);

	profile_sendmail_8_17.received(&f, &out);
	ck_assert_msg((strstr(text_cstr(&out), "\n\tfor <jones@foo.com>; ") != NULL) ==
			  received[_i].told,
	    "%s: %s", received[_i].what, text_cstr(&out));
	text_clear(&out);
}
END_TEST

static const struct {
	struct slice address;
	const char *tight;
} tight[] = {
	{ SLICE("Smith @bar.com"), "Smith@bar.com" },
	{ SLICE(" a . b @ c "), "a.b@c" },
	{ SLICE("jon es@foo.com"), "jon.es@foo.com" },
	{ SLICE("\"john smith\"@bar.com"), "\"john smith\"@bar.com" },
};

START_TEST(leaves_no_blank_in_an_address)
{
	struct text out = TEXT_INIT(100);

	facts_tight(tight[_i].address, &out);
	ck_assert_str_eq(text_cstr(&out), tight[_i].tight);
	text_clear(&out);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("profile");
	TCase *t = tcase_create("words");

	tcase_add_loop_test(t, has_words_for_everything, 0, COUNT(all));
	tcase_add_loop_test(t, refuses_in_its_words, 0, COUNT(refusal));
	tcase_add_test(t, a_reply_stays_one_line);
	tcase_add_loop_test(t, tells_a_filter_of_the_sender, 0, COUNT(told));
	tcase_add_test(t, what_is_behind_a_reply_is_an_empty_line);
	tcase_add_test(t, an_unknown_mailbox_stands_in_brackets);
	tcase_add_test(t, strict_is_what_all_have_in_common);
	tcase_add_test(t, strict_tells_no_macro_that_one_does_not);
	tcase_add_loop_test(t, tells_for_whom_it_received, 0, COUNT(received));
	tcase_add_loop_test(t, leaves_no_blank_in_an_address, 0, COUNT(tight));
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
