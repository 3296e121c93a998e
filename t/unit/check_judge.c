/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/judge.h"

#include "t/unit/runner.h"
#include "wire/notation.h"
#include "wire/words.h"

#define AGREED                                                                           \
	"> OPTNEG version 6 actions all protocol all\n"                                  \
	"< OPTNEG version 6 actions ADDHDRS|CHGBODY|QUARANTINE protocol NR_HDR|NOEOH\n"
#define IN_MAIL                                                                          \
	AGREED "> CONNECT h inet 25 192.0.2.1\n< CONTINUE\n> HELO h\n< CONTINUE\n"       \
	       "> MAIL <a@b>\n< CONTINUE\n"
#define AT_EOM IN_MAIL "> RCPT <c@d>\n< CONTINUE\n> BODY x\n< CONTINUE\n> BODYEOB\n"

/*
 * A session, a line a packet, `<=` and `>=` letter and payload with escapes.
 * All but the last packet are in order; the last breaks what is named.
 */
static const struct {
	const char *what, *session, *broken;
} row[] = {
	{ "an ordinary message", AT_EOM "< ADDHEADER X: y\n< ACCEPT\n", "" },
	{ "progress in between", AT_EOM "< PROGRESS\n", "" },
	{ "the next message", AT_EOM "< CONTINUE\n> MAIL <a@b>\n< CONTINUE\n", "" },
	{ "a refusal that reads well", IN_MAIL "> RCPT <c@d>\n< REPLYCODE 550 5.7.1 no\n",
	    "" },
	{ "a refusal of two lines",
	    IN_MAIL "> RCPT <c@d>\n<= y550-5.7.1 no\\r\\n550 5.7.1 never\\x00\n", "" },
	{ "two answers", IN_MAIL "< CONTINUE\n", "reply/unasked" },
	{ "an answer after the last", AT_EOM "< ACCEPT\n< CONTINUE\n", "reply/unasked" },
	{ "an answer that was taken away",
	    IN_MAIL "> RCPT <c@d>\n< CONTINUE\n> HEADER A: b\n< CONTINUE\n",
	    "reply/no-reply" },
	{ "a change too early", IN_MAIL "> RCPT <c@d>\n< ADDHEADER X: y\n",
	    "edit/stage" },
	{ "a change too late", AT_EOM "< ACCEPT\n< ADDHEADER X: y\n", "edit/stage" },
	{ "a change not agreed", AT_EOM "< CHGFROM <x@y>\n", "edit/agreed" },
	{ "a body in two parts with a header between",
	    AT_EOM "< REPLBODY a\n< ADDHEADER X: y\n< REPLBODY b\n", "edit/body" },
	{ "a body in two parts", AT_EOM "< REPLBODY a\n< REPLBODY b\n", "" },
	{ "a quarantine without reason", AT_EOM "<= q\\x00\n", "edit/reason" },
	{ "SKIP for a recipient", IN_MAIL "> RCPT <c@d>\n< SKIP\n", "skip/stage" },
	{ "SKIP not agreed", IN_MAIL "> RCPT <c@d>\n< CONTINUE\n> BODY x\n< SKIP\n",
	    "skip/agreed" },
	{ "progress in the envelope", IN_MAIL "> RCPT <c@d>\n< PROGRESS\n",
	    "progress/stage" },
	{ "DISCARD of a connection", AGREED "> CONNECT h unknown\n< DISCARD\n",
	    "reply/kind" },
	{ "bytes behind CONTINUE", IN_MAIL "> RCPT <c@d>\n<= cx\n", "payload/left-over" },
	{ "a reply without NUL", IN_MAIL "> RCPT <c@d>\n<= y550 5.7.1 no\n",
	    "payload/terminated" },
	{ "a letter that no reply has", IN_MAIL "> RCPT <c@d>\n<= Z\n",
	    "payload/letter" },
	{ "a header without value", AT_EOM "<= hX\\x00\n", "payload/short" },
	{ "a value without its NUL", AT_EOM "<= hX\\x00y\n", "payload/terminated" },
	{ "a header without name", AT_EOM "<= h\\x00y\\x00\n", "payload/name" },
	{ "a reply that says yes", IN_MAIL "> RCPT <c@d>\n< REPLYCODE 250 ok\n",
	    "reply/code" },
	{ "a reply of two classes", IN_MAIL "> RCPT <c@d>\n< REPLYCODE 550 4.7.1 no\n",
	    "reply/enhanced" },
	{ "a lone percent", IN_MAIL "> RCPT <c@d>\n< REPLYCODE 550 50% off\n",
	    "reply/percent" },
	{ "a doubled percent", IN_MAIL "> RCPT <c@d>\n< REPLYCODE 550 50%% off\n", "" },
	{ "two lines, two codes", IN_MAIL "> RCPT <c@d>\n<= y550-a\\r\\n450 b\\x00\n",
	    "reply/lines" },
	{ "two lines, no dash", IN_MAIL "> RCPT <c@d>\n<= y550 a\\r\\n550 b\\x00\n",
	    "reply/lines" },
	{ "a bare LF", IN_MAIL "> RCPT <c@d>\n<= y550 a\\nb\\x00\n", "reply/text" },
	{ "version above the offer",
	    "> OPTNEG version 2 actions none protocol none\n"
	    "< OPTNEG version 6 actions none protocol none\n",
	    "negotiate/version-high" },
	{ "version 1",
	    "> OPTNEG version 6 actions none protocol none\n"
	    "< OPTNEG version 1 actions none protocol none\n",
	    "negotiate/version-low" },
	{ "more than was offered",
	    "> OPTNEG version 6 actions ADDHDRS protocol NOHELO\n"
	    "< OPTNEG version 6 actions CHGBODY protocol NOMAIL\n",
	    "negotiate/actions negotiate/protocol" },
	{ "a macro list that was not agreed",
	    "> OPTNEG version 6 actions ADDHDRS protocol none\n"
	    "< OPTNEG version 6 actions none protocol none RCPT=\"i\"\n",
	    "negotiate/symlist" },
	{ "short OPTNEG", "> OPTNEG version 6 actions none protocol none\n<= O\\x00\n",
	    "payload/short" },
	{ "our own command out of order", AGREED "> MAIL <a@b>\n", "command/order" },
	{ "our own command too early", IN_MAIL "> RCPT <c@d>\n> RCPT <e@f>\n",
	    "command/waits" },
	{ "our own masked command", IN_MAIL "> RCPT <c@d>\n< CONTINUE\n> EOH\n",
	    "command/masked" },
	{ "our own macro without value", AGREED ">= DMi\\x00\n", "payload/macro-value" },
	{ "an answer to QUIT", AGREED "> QUIT\n< CONTINUE\n", "reply/unasked" },
};

static size_t
show(struct judge *j, struct slice line, struct breach ret[JUDGE_BREACHES])
{
	enum direction to = line.ptr[0] == '>' ? TO_MILTER : TO_MTA;
	struct text packet = TEXT_INIT(4096), why = TEXT_INIT(400);
	char letter;
	struct slice payload;

	if (line.ptr[1] == '=') {
		ck_assert(words_unescape(&packet, slice_from(line, 3), false, &why));
		letter = packet.ptr[0];
		payload = slice_from(text_slice(&packet), 1);
	} else {
		ck_assert_msg(packet_read(&packet, to, slice_from(line, 2), &why), "%s",
		    text_cstr(&why));
		letter = packet.ptr[FRAME_HEAD - 1];
		payload = slice_from(text_slice(&packet), FRAME_HEAD);
	}
	size_t n = judge_packet(j, to, letter, payload, ret);
	text_clear(&packet);
	text_clear(&why);
	return n;
}

static void
names(const struct breach *b, size_t n, struct text *out)
{
	for (size_t i = 0; i < n; i++)
		text_printf(out, "%s%s", i > 0 ? " " : "", wire_rules[b[i].rule].name);
}

START_TEST(the_last_packet_breaks_what_is_named)
{
	struct slice rest = slice_of(row[_i].session), line;
	struct breach b[JUDGE_BREACHES];
	struct text got = TEXT_INIT(400);
	struct judge j;

	judge_init(&j);
	while (slice_next_line(&rest, &line)) {
		size_t n = show(&j, line, b);
		text_clear(&got);
		names(b, n, &got);
		if (rest.len > 0)
			ck_assert_msg(n == 0, "%s: %.*s: %s", row[_i].what, (int)line.len,
			    line.ptr, text_cstr(&got));
	}
	ck_assert_msg(strcmp(text_cstr(&got), row[_i].broken) == 0, "%s: %s",
	    row[_i].what, text_cstr(&got));
	text_clear(&got);
}
END_TEST

START_TEST(a_change_that_breaks_a_rule_leaves_the_command_waiting)
{
	struct breach b[JUDGE_BREACHES];
	struct slice rest = SLICE(IN_MAIL "> RCPT <c@d>\n"), line;
	struct judge j;

	judge_init(&j);
	while (slice_next_line(&rest, &line))
		(void)show(&j, line, b);
	ck_assert_uint_eq(show(&j, SLICE("< ADDHEADER X: y"), b), 1);
	ck_assert_int_eq(b[0].command, CMD_RCPT);
	ck_assert_int_eq(b[0].reply, RPL_ADDHEADER);
	ck_assert_int_eq(b[0].by, TO_MTA);
	ck_assert_uint_eq(show(&j, SLICE("< CONTINUE"), b), 0);
	ck_assert_uint_eq(show(&j, SLICE("< CONTINUE"), b), 1);
}
END_TEST

START_TEST(a_final_answer_that_breaks_a_rule_is_the_answer)
{
	struct breach b[JUDGE_BREACHES];
	struct slice rest = SLICE(IN_MAIL "> RCPT <c@d>\n"), line;
	struct judge j;

	judge_init(&j);
	while (slice_next_line(&rest, &line))
		(void)show(&j, line, b);
	ck_assert_uint_eq(show(&j, SLICE("< SKIP"), b), 1);
	ck_assert_uint_eq(show(&j, SLICE("> RCPT <e@f>"), b), 0);
	ck_assert_uint_eq(show(&j, SLICE("< CONTINUE"), b), 0);
}
END_TEST

START_TEST(after_our_own_breach_shapes_and_numbers_are_judged)
{
	struct breach b[JUDGE_BREACHES];
	struct slice rest = SLICE(AGREED "> MAIL <a@b>\n"), line;
	struct judge j;

	judge_init(&j);
	while (slice_next_line(&rest, &line))
		(void)show(&j, line, b);
	ck_assert(j.lost);
	ck_assert_uint_eq(show(&j, SLICE("> RCPT <c@d>"), b), 0);
	ck_assert_uint_eq(show(&j, SLICE("< CONTINUE"), b), 0);
	ck_assert_uint_eq(show(&j, SLICE("<= cx"), b), 1);
	ck_assert_int_eq(b[0].rule, RULE_LEFT_OVER);
	ck_assert_uint_eq(show(&j, SLICE("< CONTINUE"), b), 1);
	ck_assert_int_eq(b[0].rule, RULE_REPLY_UNASKED);
	j.blind = true;
	ck_assert_uint_eq(show(&j, SLICE("< CONTINUE"), b), 0);
}
END_TEST

START_TEST(every_rule_can_be_named_and_described)
{
	enum wire_rule id = (enum wire_rule)_i;
	const struct wire_rule_row *r = &wire_rules[id];
	struct breach b = { id, TO_MTA, CMD_RCPT, RPL_CONTINUE };
	struct text line = TEXT_INIT(1000);
	struct wire_rule_set set = { 0 };

	ck_assert_int_eq(wire_rule_named(slice_of(r->name)), id);
	ck_assert(strlen(r->says) > 20 && r->says[strlen(r->says) - 1] != '.');
	ck_assert(strchr(r->source, ':') != NULL || strstr(r->source, "RFC") != NULL);
	breach_describe(&line, &b);
	ck_assert(slice_starts(text_slice(&line), slice_of(r->name)));
	ck_assert_ptr_nonnull(
	    strstr(text_cstr(&line), "(milter: CONTINUE, last command RCPT)"));
	ck_assert(!wire_rule_set_has(set, id));
	wire_rule_set_add(&set, id);
	ck_assert(wire_rule_set_has(set, id));
	text_clear(&line);
}
END_TEST

/* Without an offer and its answer nothing was agreed, whatever else came. */
START_TEST(only_optneg_settles_the_terms)
{
	struct breach b[JUDGE_BREACHES];
	struct judge j;

	judge_init(&j);
	(void)show(&j, SLICE("> OPTNEG version 6 actions all protocol all"), b);
	ck_assert_uint_gt(show(&j, SLICE("< CONTINUE"), b), 0);
	ck_assert(!j.agreed);
}
END_TEST

START_TEST(frames_that_cannot_be_read_are_breaches)
{
	struct judge j;

	judge_init(&j);
	ck_assert_int_eq(judge_frame(&j, TO_MTA, FRAME_EMPTY).rule, RULE_FRAME_EMPTY);
	ck_assert_int_eq(
	    judge_frame(&j, TO_MTA, FRAME_TOO_LONG).rule, RULE_FRAME_TOO_LONG);
	ck_assert_int_eq(judge_frame(&j, TO_MTA, FRAME_SHORT).rule, RULE_FRAME_CUT);
	ck_assert_int_eq(wire_rule_named(SLICE("no/such")), N_WIRE_RULES);
}
END_TEST

/* It is judged again, as the next command's, when that takes it. */
START_TEST(an_answer_before_its_question_is_named_and_changes_nothing)
{
	struct breach b[JUDGE_BREACHES];
	struct judge j;

	judge_init(&j);
	(void)show(&j, SLICE("> OPTNEG version 6 actions all protocol all"), b);
	(void)show(&j, SLICE("< OPTNEG version 6 actions none protocol NR_HELO"), b);
	(void)show(&j, SLICE("> CONNECT h inet 1 127.0.0.1"), b);
	(void)show(&j, SLICE("< CONTINUE"), b);
	ck_assert_int_eq(judge_early(&j, 'c').rule, RULE_REPLY_UNASKED);
	ck_assert_int_eq(judge_early(&j, 'c').reply, RPL_CONTINUE);
	ck_assert_int_eq(judge_early(&j, 'h').rule, RULE_EDIT_STAGE);
	ck_assert_int_eq(judge_early(&j, '\0').rule, RULE_REPLY_UNASKED);
	ck_assert_uint_eq(show(&j, SLICE("> HELO x"), b), 0);
	ck_assert_int_eq(judge_early(&j, 'c').rule, RULE_REPLY_NOT_AGREED);
	ck_assert_uint_eq(show(&j, SLICE("> MAIL <a>"), b), 0);
	ck_assert_uint_eq(show(&j, SLICE("< CONTINUE"), b), 0);
}
END_TEST

static Suite *
judge_suite(void)
{
	Suite *s = suite_create("judge");
	TCase *t = tcase_create("judge");

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, the_last_packet_breaks_what_is_named, 0, COUNT(row));
	tcase_add_test(t, a_change_that_breaks_a_rule_leaves_the_command_waiting);
	tcase_add_test(t, a_final_answer_that_breaks_a_rule_is_the_answer);
	tcase_add_test(t, an_answer_before_its_question_is_named_and_changes_nothing);
	tcase_add_test(t, after_our_own_breach_shapes_and_numbers_are_judged);
	tcase_add_loop_test(t, every_rule_can_be_named_and_described, 0, N_WIRE_RULES);
	tcase_add_test(t, only_optneg_settles_the_terms);
	tcase_add_test(t, frames_that_cannot_be_read_are_breaches);
	return s;
}

RUN_SUITE(judge_suite)
