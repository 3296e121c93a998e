/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/smtp/smtp.h"

#include "base/put.h"
#include "t/unit/runner.h"

/*
 * A session with an owner who says yes to everything but what a row names, and
 * knows every mailbox but Green's.
 */
static bool
known(void *self, struct slice path)
{
	(void)self;
	return !slice_equal(path, SLICE("<Green@foo.com>"));
}

static const struct smtp_config config = {
	.profile = &profile_rfc2821,
	.host = SLICE("foo.com"),
	.announced = SLICE("8BITMIME SIZE DSN HELP"),
	.size_limit = 100,
	.text_line_max = 50,
	.mailbox = known,
};

/* What the owner answers to one kind of question; to others GO. */
struct no {
	enum smtp_ask to;
	struct outcome outcome;
};

static struct text
talk(const struct smtp_config *c, const struct no *no, struct slice in, size_t step)
{
	struct budget budget = { 0, 1 << 20 };
	struct text said = TEXT_INIT(100000);
	struct outcome go = { .kind = OUTCOME_GO };
	struct smtp s;
	enum smtp_ask question = SMTP_INPUT;

	smtp_init(&s, c, &budget);
	smtp_greet(&s, no != NULL && no->to == SMTP_INPUT ? &no->outcome : &go);
	for (size_t i = 0; i < in.len && question != SMTP_CLOSE; i += step) {
		ck_assert(smtp_feed(&s, slice_first(slice_from(in, i), step)));
		while ((question = smtp_next(&s)) != SMTP_INPUT && question != SMTP_CLOSE)
			smtp_answer(
			    &s, no != NULL && no->to == question ? &no->outcome : &go);
	}
	put(&said, text_slice(&s.out));
	put(&said, smtp_next(&s) == SMTP_CLOSE ? SLICE("closed") : SLICE(""));
	smtp_clear(&s);
	ck_assert_uint_eq(budget.used, 0);
	return said;
}

#define HELLO "EHLO bar.com\r\n"
#define MAIL  "MAIL FROM:<Smith@bar.com>\r\n"
#define RCPT  "RCPT TO:<Jones@foo.com>\r\n"
#define GREETED                                                                          \
	"220 foo.com Simple Mail Transfer Service Ready\r\n"                             \
	"250-foo.com greets bar.com\r\n250-8BITMIME\r\n250-SIZE\r\n250-DSN\r\n250 "      \
	"HELP\r\n"
#define OK    "250 OK\r\n"
#define GO    "354 Start mail input; end with <CRLF>.<CRLF>\r\n"
#define BYE   "221 foo.com Service closing transmission channel\r\nclosed"
#define TO_GO HELLO MAIL RCPT "DATA\r\n"
#define IS_GO GREETED OK OK GO
#define FIFTY "12345678901234567890123456789012345678901234567890"

static const struct {
	const char *what;
	struct slice in;
	const char *out;
} session[] = {
	{ "the sample session",
	    SLICE(HELLO MAIL RCPT
		"RCPT TO:<Green@foo.com>\r\nDATA\r\nBlah\r\n...etc\r\n.\r\nQUIT\r\n"),
	    GREETED OK OK "550 No such user here\r\n" GO OK BYE },
	{ "HELO has one line", SLICE("HELO bar.com\r\n"),
	    "220 foo.com Simple Mail Transfer Service Ready\r\n250 foo.com greets "
	    "bar.com\r\n" },
	{ "two messages", SLICE(TO_GO ".\r\n" MAIL RCPT "DATA\r\n.\r\nQUIT\r\n"),
	    IS_GO OK OK OK GO OK BYE },
	{ "RSET ends a transaction", SLICE(HELLO MAIL "RSET\r\n" RCPT),
	    GREETED OK OK "503 Bad sequence of commands: MAIL first\r\n" },
	{ "EHLO ends a transaction", SLICE(HELLO MAIL "HELO bar.com\r\n" MAIL),
	    GREETED OK "250 foo.com greets bar.com\r\n" OK },
	{ "no HELO", SLICE(MAIL),
	    "220 foo.com Simple Mail Transfer Service Ready\r\n"
	    "503 Bad sequence of commands: EHLO or HELO first\r\n" },
	{ "HELO without a name", SLICE("HELO\r\n"),
	    "220 foo.com Simple Mail Transfer Service Ready\r\n"
	    "501 Syntax error: HELO and EHLO want a domain\r\n" },
	{ "HELO with nonsense", SLICE("HELO a b\r\n"),
	    "220 foo.com Simple Mail Transfer Service Ready\r\n"
	    "501 Syntax error: not a domain name\r\n" },
	{ "a second MAIL", SLICE(HELLO MAIL MAIL),
	    GREETED OK "503 Bad sequence of commands: sender already given\r\n" },
	{ "DATA too early", SLICE(HELLO "DATA\r\n" MAIL "DATA\r\n"),
	    GREETED "503 Bad sequence of commands: MAIL first\r\n" OK
		    "503 Bad sequence of commands: no valid recipients\r\n" },
	{ "the null path is no recipient", SLICE(HELLO MAIL "RCPT TO:<>\r\n"),
	    GREETED OK "501 Syntax error in the address\r\n" },
	{ "no brackets", SLICE(HELLO "MAIL FROM:a@b\r\n"),
	    GREETED "501 Syntax error in the address\r\n" },
	{ "a parameter nobody knows", SLICE(HELLO "MAIL FROM:<a@b> FOO=1\r\n"),
	    GREETED "555 Parameter not recognized or not implemented: FOO\r\n" },
	{ "a parameter with a wrong value", SLICE(HELLO "MAIL FROM:<a@b> BODY=X\r\n"),
	    GREETED "501 Syntax error in parameter BODY=X\r\n" },
	{ "SIZE says it is too large", SLICE(HELLO "MAIL FROM:<a@b> SIZE=101\r\n"),
	    GREETED "552 Message size exceeds fixed maximum message size\r\n" },
	{ "SIZE at the limit", SLICE(HELLO "MAIL FROM:<a@b> SIZE=100\r\n"), GREETED OK },
	{ "the text is too large",
	    SLICE(TO_GO
		"1234567890\r\n1234567890\r\n1234567890\r\n1234567890\r\n1234567890\r\n"
		"1234567890\r\n1234567890\r\n1234567890\r\n1234567890\r\n.\r\nNOOP\r\n"),
	    IS_GO "552 Message size exceeds fixed maximum message size\r\n" OK },
	{ "a line of text is too long", SLICE(TO_GO FIFTY "\r\n.\r\nNOOP\r\n"),
	    IS_GO "500 Line too long in message text\r\n" OK },
	{ "a NUL in the text", SLICE(TO_GO "a\0b\r\n.\r\nNOOP\r\n"),
	    IS_GO "554 NUL byte not allowed\r\n" OK },
	{ "a bare LF in the text ends it all", SLICE(TO_GO "a\n.\nMAIL FROM:<x>\r\n"),
	    IS_GO "421 Bare linefeed (LF) not allowed\r\nclosed" },
	{ "a bare CR in the text ends it all", SLICE(TO_GO "a\r.\r\nMAIL FROM:<x>\r\n"),
	    IS_GO "421 Bare carriage return (CR) not allowed\r\nclosed" },
	{ "a bare LF ends no command", SLICE(HELLO "NOOP\nNOOP\r\n"),
	    GREETED "500 Bare linefeed (LF) not allowed\r\n" OK },
	{ "a bare CR in a command", SLICE(HELLO "NOOP\rNOOP\r\nNOOP\r\n"),
	    GREETED "500 Bare carriage return (CR) not allowed\r\n" OK },
	{ "a NUL in a command", SLICE(HELLO "NOOP\0\r\nNOOP\r\n"),
	    GREETED "500 NUL byte not allowed\r\n" OK },
	{ "an argument too many", SLICE(HELLO "RSET now\r\n"),
	    GREETED "501 Syntax error: no argument allowed\r\n" },
	{ "an unknown command", SLICE(HELLO "BOGUS\r\n\r\n"),
	    GREETED "500 Syntax error, command unrecognized\r\n"
		    "500 Syntax error, command unrecognized\r\n" },
	{ "VRFY, EXPN, HELP", SLICE(HELLO "VRFY a\r\nEXPN a\r\nHELP\r\n"),
	    GREETED
	    "252 Cannot VRFY user, but will accept message and attempt delivery\r\n"
	    "502 EXPN is not offered\r\n"
	    "214 EHLO HELO MAIL RCPT DATA RSET NOOP VRFY EXPN HELP QUIT\r\n" },
	{ "nothing behind QUIT", SLICE(HELLO "QUIT\r\nNOOP\r\n"), GREETED BYE },
};

START_TEST(says_the_same_however_it_is_cut)
{
	static const size_t steps[] = { 1, 2, 3, 7, 100000 };

	for (size_t i = 0; i < COUNT(steps); i++) {
		struct text got = talk(&config, NULL, session[_i].in, steps[i]);
		ck_assert_msg(strcmp(text_cstr(&got), session[_i].out) == 0,
		    "%s, %zu bytes at a time:\n%s\nwanted:\n%s", session[_i].what,
		    steps[i], text_cstr(&got), session[_i].out);
		text_clear(&got);
	}
}
END_TEST

static const struct {
	const char *what;
	struct no no;
	struct slice in;
	const char *out;
} refusal[] = {
	{ "MAIL rejected", { SMTP_MAIL, { .kind = OUTCOME_REJECT } },
	    SLICE(HELLO MAIL RCPT),
	    GREETED
	    "550 Command rejected\r\n503 Bad sequence of commands: MAIL first\r\n" },
	{ "one RCPT rejected in the filter's words",
	    { SMTP_RCPT,
		{ .kind = OUTCOME_REPLY, .reply = SLICE("552 5.2.2 Mailbox full") } },
	    SLICE(HELLO MAIL RCPT "DATA\r\n"),
	    GREETED OK "552 5.2.2 Mailbox full\r\n"
		       "503 Bad sequence of commands: no valid recipients\r\n" },
	{ "DATA refused leaves the transaction open",
	    { SMTP_DATA, { .kind = OUTCOME_TEMPFAIL } }, SLICE(TO_GO MAIL RCPT),
	    GREETED OK OK "451 Please try again later\r\n"
			  "503 Bad sequence of commands: sender already given\r\n" OK },
	{ "the message refused",
	    { SMTP_MESSAGE,
		{ .kind = OUTCOME_REPLY, .reply = SLICE("550 5.7.0 VIRUS FOUND") } },
	    SLICE(TO_GO "x\r\n.\r\n" MAIL), IS_GO "550 5.7.0 VIRUS FOUND\r\n" OK },
	{ "a reply of several lines",
	    { SMTP_MESSAGE, { .kind = OUTCOME_REPLY,
				.reply = SLICE("550-5.7.0 one\r\n550 5.7.0 two") } },
	    SLICE(TO_GO ".\r\n"), IS_GO "550-5.7.0 one\r\n550 5.7.0 two\r\n" },
	{ "the message discarded", { SMTP_MESSAGE, { .kind = OUTCOME_DISCARD } },
	    SLICE(TO_GO ".\r\n"), IS_GO OK },
	{ "421 in the filter's words closes",
	    { SMTP_RCPT,
		{ .kind = OUTCOME_REPLY, .reply = SLICE("421 4.3.2 closing now") } },
	    SLICE(HELLO MAIL RCPT RCPT), GREETED OK "421 4.3.2 closing now\r\nclosed" },
	{ "F=4 at MAIL closes", { SMTP_MAIL, { .kind = OUTCOME_SHUTDOWN } },
	    SLICE(HELLO MAIL RCPT),
	    GREETED "421 foo.com Service closing transmission channel\r\nclosed" },
	{ "HELO rejected in words",
	    { SMTP_HELO, { .kind = OUTCOME_REPLY, .reply = SLICE("550 5.7.0 go away") } },
	    SLICE(HELLO MAIL RCPT "DATA\r\nRSET\r\n"),
	    "220 foo.com Simple Mail Transfer Service Ready\r\n"
	    "250-foo.com greets bar.com\r\n250 HELP\r\n"
	    "550 5.7.0 go away\r\n550 5.7.0 go away\r\n550 5.7.0 go away\r\n" OK },
	{ "HELO tempfailed is MAIL tempfailed",
	    { SMTP_HELO, { .kind = OUTCOME_TEMPFAIL } }, SLICE(HELLO MAIL RCPT),
	    GREETED "451 Please try again later\r\n"
		    "503 Bad sequence of commands: MAIL first\r\n" },
	{ "the connection rejected", { SMTP_INPUT, { .kind = OUTCOME_REJECT } },
	    SLICE(HELLO MAIL "QUIT\r\n"),
	    "554 foo.com No SMTP service here\r\n250-foo.com greets bar.com\r\n250 "
	    "HELP\r\n"
	    "550 Command rejected\r\n" BYE },
	{ "the connection tempfailed in words",
	    { SMTP_INPUT, { .kind = OUTCOME_REPLY, .reply = SLICE("451 4.7.1 later") } },
	    SLICE(HELLO MAIL), GREETED "451 Please try again later\r\n" },
	{ "the connection closed by 421",
	    { SMTP_INPUT, { .kind = OUTCOME_REPLY, .reply = SLICE("421 4.7.1 later") } },
	    SLICE(HELLO), "421 foo.com Service closing transmission channel\r\nclosed" },
	{ "no user, whatever filters say", { SMTP_RCPT_REFUSED, { .kind = OUTCOME_GO } },
	    SLICE(HELLO MAIL "RCPT TO:<Green@foo.com>\r\n"),
	    GREETED OK "550 No such user here\r\n" },
};

START_TEST(says_what_filters_want)
{
	struct text got = talk(&config, &refusal[_i].no, refusal[_i].in, 5);

	ck_assert_msg(strcmp(text_cstr(&got), refusal[_i].out) == 0,
	    "%s:\n%s\nwanted:\n%s", refusal[_i].what, text_cstr(&got), refusal[_i].out);
	text_clear(&got);
}
END_TEST

START_TEST(reads_a_long_line_to_its_end)
{
	struct text in = TEXT_INIT(200000);
	struct text got;

	put(&in, SLICE(HELLO));
	for (int i = 0; i < 10000; i++)
		put(&in, SLICE("0123456789"));
	put(&in, SLICE("\r\nNOOP\r\n"));
	got = talk(&config, NULL, text_slice(&in), 1000);
	ck_assert_str_eq(text_cstr(&got), GREETED "500 Line too long\r\n" OK);
	text_clear(&in);
	text_clear(&got);
}
END_TEST

START_TEST(loses_patience_with_nonsense)
{
	struct text in = TEXT_INIT(2000), got;

	for (unsigned i = 0; i < profile_rfc2821.errors_max + 5; i++)
		put(&in, SLICE("BOGUS\r\n"));
	got = talk(&config, NULL, text_slice(&in), 10000);
	ck_assert_ptr_nonnull(strstr(text_cstr(&got),
	    "\r\n421 foo.com Too many errors, closing transmission channel\r\nclosed"));
	text_clear(&in);
	text_clear(&got);
}
END_TEST

START_TEST(takes_so_many_recipients_and_no_more)
{
	struct text in = TEXT_INIT(100000), got;
	size_t ok = 0;

	put(&in, SLICE(HELLO MAIL));
	for (int i = 0; i < RCPT_MAX + 1; i++)
		put(&in, SLICE(RCPT));
	got = talk(&config, NULL, text_slice(&in), 10000);
	for (const char *p = text_cstr(&got); (p = strstr(p, OK)) != NULL; p++)
		ok++;
	ck_assert_uint_eq(ok, RCPT_MAX + 1); /* and MAIL's */
	ck_assert_ptr_nonnull(strstr(text_cstr(&got), "452 Too many recipients\r\n"));
	text_clear(&in);
	text_clear(&got);
}
END_TEST

START_TEST(status_codes_are_said_when_announced)
{
	struct smtp_config told = config;
	struct text got;

	told.announced = SLICE("ENHANCEDSTATUSCODES SIZE");
	told.announce_size = true;
	got =
	    talk(&told, NULL, SLICE(HELLO MAIL "RCPT TO:<Green@foo.com>\r\nQUIT\r\n"), 9);
	ck_assert_str_eq(text_cstr(&got),
	    "220 foo.com Simple Mail Transfer Service Ready\r\n"
	    "250-foo.com greets bar.com\r\n250-ENHANCEDSTATUSCODES\r\n250 SIZE 100\r\n"
	    "250 2.1.0 OK\r\n550 5.1.1 No such user here\r\n"
	    "221 2.0.0 foo.com Service closing transmission channel\r\nclosed");
	text_clear(&got);
}
END_TEST

START_TEST(memory_has_a_budget)
{
	struct budget budget = { 0, 50 };
	struct outcome go = { .kind = OUTCOME_GO };
	struct smtp s;

	smtp_init(&s, &config, &budget);
	ck_assert(smtp_feed(&s, SLICE(TO_GO "0123456789012345678901234567890123456789\r\n"
					    "0123456789\r\n.\r\nNOOP\r\n")));
	for (enum smtp_ask q; (q = smtp_next(&s)) != SMTP_INPUT;) {
		ck_assert_int_ne(q, SMTP_MESSAGE);
		smtp_answer(&s, &go);
	}
	ck_assert_ptr_nonnull(
	    strstr(text_cstr(&s.out), GO "452 Insufficient system storage\r\n" OK));
	smtp_clear(&s);
	ck_assert_uint_eq(budget.used, 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("smtp");
	TCase *t = tcase_create("session");

	tcase_add_loop_test(t, says_the_same_however_it_is_cut, 0, COUNT(session));
	tcase_add_loop_test(t, says_what_filters_want, 0, COUNT(refusal));
	tcase_add_test(t, reads_a_long_line_to_its_end);
	tcase_add_test(t, loses_patience_with_nonsense);
	tcase_add_test(t, takes_so_many_recipients_and_no_more);
	tcase_add_test(t, status_codes_are_said_when_announced);
	tcase_add_test(t, memory_has_a_budget);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
