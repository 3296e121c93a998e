/* SPDX-License-Identifier: BSD-2-Clause */
/* Without memory a client is put off: it sends again, and a 5yz would lose its mail. */
#include "sim/filters/message.h"
#include "sim/smtp/smtp.h"

#include <stdio.h>
#include <string.h>

#include "t/unit/failing_malloc.h"
#include "t/unit/runner.h"

static bool
known(void *self, struct slice path)
{
	(void)self;
	(void)path;
	return true;
}

/* Each line of what is said begins with a code: no reply lost its first part. */
static void
check_codes(struct slice said)
{
	int counted = allocations, next = fail_at;
	struct slice line;

	fail_at = 0; /* libcheck allocates too */
	while (slice_next_line(&said, &line))
		ck_assert_msg(line.len > 4 && strspn(line.ptr, "0123456789") == 3 &&
				  strchr(" -", line.ptr[3]) != NULL,
		    "'%.*s'", (int)line.len, line.ptr);
	allocations = counted;
	fail_at = next;
}

/* One line; what is said to it goes to `said`.  False: there was no memory for it. */
static bool
say_line(struct smtp *s, struct slice line, char said[4])
{
	const struct outcome go = { .kind = OUTCOME_GO };
	enum smtp_ask question;

	if (!smtp_feed(s, line))
		return false;
	while ((question = smtp_next(s)) != SMTP_INPUT && question != SMTP_CLOSE)
		smtp_answer(s, &go);
	check_codes(text_slice(&s->out));
	(void)snprintf(
	    said, 4, "%.*s", (int)s->out.len, s->out.len > 0 ? s->out.ptr : "");
	text_drop(&s->out, s->out.len);
	return true;
}

/* What decided: the first reply that is no yes, or the last; "" where the line was lost.
 */
static void
send_message(const struct smtp_config *config, char said[4])
{
	static const struct slice line[] = { SLICE("EHLO bar.com\r\n"),
		SLICE("MAIL FROM:<Smith@bar.com>\r\n"),
		SLICE("RCPT TO:<Jones@foo.com>\r\n"), SLICE("DATA\r\n"),
		SLICE("Subject: x\r\n\r\nA text that needs some room.\r\n"),
		SLICE("And another line of it, so that the room must grow.\r\n.\r\n") };
	const struct outcome go = { .kind = OUTCOME_GO };
	struct budget budget = { 0, 1 << 20 };
	bool good = true;
	struct smtp s;

	smtp_init(&s, config, &budget);
	smtp_greet(&s, &go);
	text_drop(&s.out, s.out.len);
	for (size_t i = 0; i < COUNT(line) && good; i++) {
		said[0] = '\0';
		good = say_line(&s, line[i], said) && strchr("45", said[0]) == NULL;
		good = good || (said[0] == '\0' && i == 4);
	}
	smtp_clear(&s);
}

static const struct smtp_config config = { .profile = &profile_rfc2821,
	.host = SLICE("foo.com"),
	.announced = SLICE("8BITMIME SIZE"),
	.size_limit = 100000,
	.text_line_max = 1000,
	.mailbox = known };

/* A greeting or a filter's words without a part of them: the client is hung up on. */
START_TEST(half_a_reply_is_none)
{
	static const struct slice words =
	    SLICE("550 5.7.1 of a filter that has much to say");
	const struct outcome go = { .kind = OUTCOME_GO };
	const struct outcome no = { .kind = OUTCOME_REPLY, .reply = words };
	int hung_up = 0, n = 0;

	for (bool failed = true; failed; n++) {
		struct budget budget = { 0, 1 << 20 };
		struct smtp s;

		smtp_init(&s, &config, &budget);
		fail_at = n + 1;
		allocations = 0;
		smtp_greet(&s, n % 2 ? &go : &no);
		if (smtp_feed(&s, SLICE("MAIL FROM:<Smith@bar.com>\r\n")))
			while (smtp_next(&s) == SMTP_MAIL)
				smtp_answer(&s, &no);
		failed = allocations > n || n < 2;
		fail_at = 0;
		check_codes(text_slice(&s.out));
		hung_up += s.closing && s.out.len == 0;
		smtp_clear(&s);
	}
	ck_assert_int_gt(hung_up, 0);
}
END_TEST

START_TEST(no_allocation_that_fails_is_a_5yz)
{
	char said[4] = "";
	int count, put_off = 0;

	fail_at = 0;
	allocations = 0;
	send_message(&config, said);
	count = allocations;
	ck_assert_str_eq(said, "250");
	ck_assert_int_gt(count, 3);
	for (int n = 1; n <= count; n++) {
		fail_at = n;
		allocations = 0;
		send_message(&config, said);
		fail_at = 0;
		ck_assert_msg(said[0] != '5', "%d of %d: %s", n, count, said);
		put_off += said[0] == '4';
	}
	ck_assert_int_gt(put_off, 1);
}
END_TEST

/* A header that is too large is refused, one for which there is no memory is not. */
START_TEST(a_header_knows_its_limit_from_memory)
{
	static const struct slice raw =
	    SLICE("A: 1\r\nB: 2\r\n 3\r\nC: 4\r\n\r\nbody\r\n");
	struct message m;
	int failed = 0;

	message_init(&m, 1000);
	for (int n = 1; n < 100; n++) {
		fail_at = n;
		allocations = 0;
		enum message_status status = message_parse(&m, raw);
		fail_at = 0;
		ck_assert(status == MESSAGE_NO_MEMORY ||
			  (status == MESSAGE_OK && allocations < n));
		failed += status == MESSAGE_NO_MEMORY;
		message_clear(&m);
	}
	ck_assert_int_gt(failed, 3);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("smtp_memory");
	TCase *t = tcase_create("memory");

	tcase_add_test(t, half_a_reply_is_none);
	tcase_add_test(t, no_allocation_that_fails_is_a_5yz);
	tcase_add_test(t, a_header_knows_its_limit_from_memory);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
