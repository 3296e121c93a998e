/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/play/cues.h"

#include "t/unit/runner.h"

/* Two messages; the filter is asked for a recipient in each. */
static const char two[] = "S: 220 x\n"
			  "M> CONNECT ${*}\n"
			  "C: MAIL FROM:<a@b>\n"
			  "M> MAIL ${*}\n"
			  "S: 250 ok\n"
			  "C: RCPT TO:<c@d>\n"
			  "M> RCPT ${*}\n"
			  "M< REJECT\n"
			  "S: 550 no\n"
			  "C: MAIL FROM:<e@f>\n"
			  "M> MAIL ${*}\n"
			  "S: 250 ok\n"
			  "C: RCPT TO:<g@h>\n"
			  "M> RCPT ${*}\n"
			  "M< TEMPFAIL\n"
			  "S: 451 later\n";

static struct transcript t;
static struct cues c;

static void
given(const char *text)
{
	struct text why = TEXT_INIT(400);

	ck_assert_msg(
	    transcript_read(&t, "t", slice_of(text), NULL, &why), "%s", text_cstr(&why));
	ck_assert(cues_init(&c, &t));
	text_clear(&why);
}

static void
over(void)
{
	cues_clear(&c);
	transcript_clear(&t);
}

/* The client says that line of the file, and a reply comes. */
static void
client_says(unsigned line, bool replied)
{
	for (size_t i = 0; i < t.steps; i++) {
		if (t.step[i].line == line)
			cues_said(&c, &t.step[i]);
	}
	if (replied)
		cues_replied(&c, 1);
}

/* The line whose answers such a packet gets; 0: none. */
static unsigned
line_for(enum packet_kind kind)
{
	const struct step *s = cues_take(&c, 1, 0, kind);

	return s != NULL ? s->line : 0;
}

START_TEST(each_command_of_each_message_has_its_line)
{
	given(two);
	ck_assert_uint_eq(line_for(CMD_CONNECT), 2);
	client_says(3, false);
	ck_assert_uint_eq(line_for(CMD_MAIL), 4);
	cues_replied(&c, 1);
	ck_assert_uint_eq(line_for(CMD_RCPT), 7);
	ck_assert_uint_eq(line_for(CMD_RCPT), 0); /* one more than it has */
	client_says(10, false);
	ck_assert_uint_eq(line_for(CMD_MAIL), 11);
	cues_replied(&c, 1);
	ck_assert_uint_eq(line_for(CMD_RCPT), 14);
	over();
}
END_TEST

START_TEST(a_message_that_never_came_shifts_nothing)
{
	given(two);
	client_says(3, true);
	client_says(10, false);
	ck_assert_uint_eq(line_for(CMD_MAIL), 11);
	ck_assert_uint_eq(line_for(CMD_RCPT), 14);
	over();
}
END_TEST

START_TEST(of_messages_sent_before_any_reply_the_next_is_told)
{
	given("S: 220 x\n"
	      "C: MAIL FROM:<a@b>\n"
	      "C: RSET\n"
	      "C: MAIL FROM:<c@d>\n"
	      "M> MAIL ${*}\n"
	      "M> MAIL ${*}\n"
	      "M< REJECT\n");
	client_says(2, false);
	client_says(4, false);
	ck_assert_uint_eq(line_for(CMD_MAIL), 5);
	ck_assert_uint_eq(line_for(CMD_MAIL), 6);
	over();
}
END_TEST

START_TEST(who_is_not_in_the_transcript_has_no_answers)
{
	given(two);
	ck_assert_ptr_null(cues_take(&c, 2, 0, CMD_CONNECT));
	ck_assert_ptr_null(cues_take(&c, 0, 0, CMD_CONNECT));
	ck_assert_ptr_null(cues_take(&c, 1, 1, CMD_CONNECT));
	ck_assert_ptr_null(cues_take(&c, 1, 0, N_PACKETS));
	over();
}
END_TEST

START_TEST(a_raw_packet_is_known_by_its_letter)
{
	given("S: 220 x\nM> raw Hx\n");
	ck_assert_uint_eq(line_for(CMD_HELO), 2);
	ck_assert(c.met[1]);
	over();
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("cues");
	TCase *tc = tcase_create("cues");

	tcase_add_test(tc, each_command_of_each_message_has_its_line);
	tcase_add_test(tc, a_message_that_never_came_shifts_nothing);
	tcase_add_test(tc, of_messages_sent_before_any_reply_the_next_is_told);
	tcase_add_test(tc, who_is_not_in_the_transcript_has_no_answers);
	tcase_add_test(tc, a_raw_packet_is_known_by_its_letter);
	suite_add_tcase(s, tc);
	return s;
}

RUN_SUITE(suite)
