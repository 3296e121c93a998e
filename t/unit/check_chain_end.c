/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/filters/chain.h"

#include <stdlib.h>

#include "t/unit/chain_story.h"
#include "t/unit/runner.h"

/* The end of a message: its two clocks, and the changes that come there. */

static struct chain *
one_filter(void)
{
	return new_chain(POLICY_TEMPFAIL, 1, &profile_sendmail_8_17.habits);
}

/* Up to where the filter has to answer. */
static void
ask_for_end(struct chain *c, struct message *m, const struct play plays[2])
{
	const struct chain_event e = { .moment = MOMENT_MESSAGE, .message = m };

	chain_begin(c, &e, now);
	while (!chain_work(c, now) && play(c, 0, &plays[0]))
		continue;
}

START_TEST(the_end_of_message_has_two_clocks)
{
	const struct play plays[2] = { { .at = 'E', .answer = SLICE("?") }, { 0 } };
	struct chain *c = one_filter();
	struct message m;

	message_init(&m, 10);
	session(c, plays, "CHMT");
	ask_for_end(c, &m, plays);
	/* R = 1000 each time, E = 3000 in all: progress keeps it alive till then. */
	for (int i = 0; i < 3; i++) {
		ck_assert_uint_eq(chain_deadline(c), now + 1000);
		now += 900;
		ck_assert(frame_append(&c->filter[0].in, 'p', SLICE("")) == TEXT_OK);
		ck_assert(!chain_work(c, now));
	}
	ck_assert_uint_eq(chain_deadline(c), 3001);
	now = 3001;
	ck_assert(chain_work(c, now));
	ck_assert_int_eq(c->outcome.kind, OUTCOME_FAILED_TEMPFAIL);
	message_clear(&m);
	free_chain(c);
}
END_TEST

/* Every change, in order, as the next filter would see it. */
START_TEST(changes_are_made_in_order)
{
	static const char *const packets[] = { "hX\0one\0", "i\0\0\0\0Y\0two\0", "bnew ",
		"bbody", "m\0\0\0\1A\0\0", "+<n@x>\0", "-<o@x>\0", "e<s@x>\0", "qheld\0",
		"c" };
	static const size_t sizes[] = { 7, 11, 5, 5, 8, 7, 7, 7, 6, 1 };
	const struct play plays[2] = {
		{ .actions = ACTIONS_ALL, .at = 'E', .answer = SLICE("?") }, { 0 }
	};
	struct chain *c = one_filter();
	struct message m;

	message_init(&m, 100);
	session(c, plays, "CHMT");
	ck_assert_int_eq(message_parse(&m, SLICE("A: 1\r\n\r\nold")), MESSAGE_OK);
	ck_assert_int_eq(message_add_recipient(&m, SLICE("<o@x>")), MESSAGE_OK);
	ask_for_end(c, &m, plays);
	for (size_t i = 0; i < COUNT(packets); i++)
		ck_assert(frame_append(&c->filter[0].in, packets[i][0],
			      (struct slice){ packets[i] + 1, sizes[i] - 1 }) == TEXT_OK);
	ck_assert(chain_work(c, now));
	ck_assert_int_eq(c->outcome.kind, OUTCOME_GO);
	ck_assert_uint_eq(m.fields, 3);
	ck_assert_str_eq(text_cstr(&m.field[0].name), "Y");
	ck_assert_str_eq(text_cstr(&m.field[0].value), " two");
	ck_assert(m.field[1].deleted);
	ck_assert_str_eq(text_cstr(&m.field[2].value), " one");
	ck_assert(slice_equal(m.body, SLICE("new body")));
	ck_assert(m.recipient[0].deleted);
	ck_assert_str_eq(text_cstr(&m.recipient[1].path), "<n@x>");
	ck_assert_str_eq(text_cstr(&m.sender), "<s@x>");
	ck_assert_str_eq(text_cstr(&m.quarantine), "held");
	message_clear(&m);
	free_chain(c);
}
END_TEST

/* Changes that are not as the protocol has them, then CONTINUE. */
static const struct {
	const char *what;
	struct slice packet;
	uint32_t actions;
	const char *wanted; /* sender, recipients, body, reason | outcome */
} odd[] = {
	{ "a body, not negotiated: nothing else of it is refused", SLICE("bnew"), 0,
	    "<s> <r> old  =t" },
	{ "a recipient, not negotiated", SLICE("+<n>\0"), 0, "<s> <r> <n> old  =g" },
	{ "a reason without its NUL", SLICE("qwhy"), ACTIONS_ALL, "<s> <r> old why =g" },
	{ "... and no reason", SLICE("q"), ACTIONS_ALL,
	    "<s> <r> old no reason given =g" },
	{ "a recipient without its NUL", SLICE("+<n>"), ACTIONS_ALL, "<s> <r> old  =g" },
	{ "a sender without its NUL", SLICE("e<n>"), ACTIONS_ALL, "<s> <r> old  =g" },
	{ "... its parameters without theirs", SLICE("e<n>\0SIZE=1"), ACTIONS_ALL,
	    "<n> <r> old  =g" },
	{ "... two of those", SLICE("e<n>\0x\0y\0"), ACTIONS_ALL, "<s> <r> old  =g" },
	{ "a recipient whose parameters lack theirs", SLICE("2<n>\0FOO"), ACTIONS_ALL,
	    "<s> <r> <n> old  =g" },
};

START_TEST(takes_what_sendmail_takes)
{
	const struct play plays[2] = {
		{ .actions = odd[_i].actions, .at = 'E', .answer = SLICE("?") }, { 0 }
	};
	struct chain *c = one_filter();
	struct message m;

	message_init(&m, 100);
	m.rules = &c->habits->edit;
	session(c, plays, "CHMT");
	text_clear(&story);
	ck_assert_int_eq(message_parse(&m, SLICE("A: 1\r\n\r\nold")), MESSAGE_OK);
	ck_assert_int_eq(message_set_sender(&m, SLICE("<s>")), MESSAGE_OK);
	ck_assert_int_eq(message_add_recipient(&m, SLICE("<r>")), MESSAGE_OK);
	ask_for_end(c, &m, plays);
	ck_assert(frame_append(&c->filter[0].in, odd[_i].packet.ptr[0],
		      slice_from(odd[_i].packet, 1)) == TEXT_OK);
	ck_assert(frame_append(&c->filter[0].in, 'c', SLICE("")) == TEXT_OK);
	ck_assert(chain_work(c, now));
	text_clear(&story);
	text_printf(&story, "%s ", text_cstr(&m.sender));
	for (size_t i = 0; i < m.recipients; i++)
		text_printf(&story, "%s ", text_cstr(&m.recipient[i].path));
	text_printf(&story, "%.*s %s =%c", (int)m.body.len, m.body.ptr,
	    text_cstr(&m.quarantine), "grtydsr!rt"[c->outcome.kind]);
	ck_assert_msg(strcmp(text_cstr(&story), odd[_i].wanted) == 0, "%s: %s",
	    odd[_i].what, text_cstr(&story));
	message_clear(&m);
	free_chain(c);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("chain_end");
	TCase *t = tcase_create("filters");

	tcase_add_test(t, the_end_of_message_has_two_clocks);
	tcase_add_test(t, changes_are_made_in_order);
	tcase_add_loop_test(t, takes_what_sendmail_takes, 0, COUNT(odd));
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
