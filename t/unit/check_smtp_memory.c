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

START_TEST(no_allocation_that_fails_is_a_5yz)
{
	static const struct smtp_config config = { .profile = &profile_rfc2821,
		.host = SLICE("foo.com"),
		.announced = SLICE("8BITMIME SIZE"),
		.size_limit = 100000,
		.text_line_max = 1000,
		.mailbox = known };
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

	tcase_add_test(t, no_allocation_that_fails_is_a_5yz);
	tcase_add_test(t, a_header_knows_its_limit_from_memory);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
