/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/dialogue.h"

#include "t/unit/runner.h"

static const struct {
	const char *what;
	struct optneg offer, answer;
	unsigned faults;
	struct terms want;
} deal[] = {
	{ "all of it", { 6, 0x1ff, 0x1fffff, { 0 } }, { 6, 0x1ff, 0x1fffff, { 0 } }, 0,
	    { 6, 0x1ff, 0x1fffff } },
	{ "less than offered", { 6, 0x1ff, 0x1fffff, { 0 } }, { 2, 1, 0x10, { 0 } }, 0,
	    { 2, 1, 0x10 } },
	{ "version 1", { 6, 0x1ff, 0x1fffff, { 0 } }, { 1, 0, 0, { 0 } },
	    TERMS_VERSION_LOW, { 1, 0, 0 } },
	{ "version 7", { 6, 0x1ff, 0x1fffff, { 0 } }, { 7, 0, 0, { 0 } },
	    TERMS_VERSION_HIGH, { 6, 0, 0 } },
	{ "action not offered", { 6, 0x3f, 0x3f, { 0 } }, { 6, 0x41, 0, { 0 } },
	    TERMS_ACTIONS, { 6, 1, 0 } },
	{ "step not offered", { 2, 0x3f, 0x3f, { 0 } }, { 2, 0, 0x400, { 0 } },
	    TERMS_PROTOCOL, { 2, 0, 0 } },
	{ "macro list", { 6, 0x1ff, 0, { 0 } },
	    { 6, 0x100, 0, SLICE("\0\0\0\0j\0\0\0\0\3i\0") }, 0, { 6, 0x100, 0 } },
	{ "macro list not announced", { 6, 0x1ff, 0, { 0 } },
	    { 6, 0, 0, SLICE("\0\0\0\0j\0") }, TERMS_SYMLIST, { 6, 0, 0 } },
	{ "macro list twice", { 6, 0x1ff, 0, { 0 } },
	    { 6, 0x100, 0, SLICE("\0\0\0\3j\0\0\0\0\3i\0") }, TERMS_SYMLIST_TWICE,
	    { 6, 0x100, 0 } },
};

START_TEST(terms_are_what_both_named)
{
	struct terms got;
	unsigned faults = terms_settle(&deal[_i].offer, &deal[_i].answer, &got);

	ck_assert_msg(faults == deal[_i].faults, "%s: %x", deal[_i].what, faults);
	ck_assert_msg(got.version == deal[_i].want.version &&
			  got.actions == deal[_i].want.actions &&
			  got.protocol == deal[_i].want.protocol,
	    "%s", deal[_i].what);
}
END_TEST

START_TEST(version_and_bits_mask_commands)
{
	struct terms t = { .version = 2, .protocol = PROTO_NOHELO | PROTO_NR_RCPT };

	ck_assert(!terms_send(&t, CMD_DATA) && !terms_send(&t, CMD_UNKNOWN));
	ck_assert(!terms_send(&t, CMD_HELO) && terms_send(&t, CMD_RCPT));
	ck_assert(!terms_answer(&t, CMD_RCPT) && terms_answer(&t, CMD_MAIL));
	ck_assert(!terms_answer(&t, CMD_ABORT) && !terms_answer(&t, CMD_MACRO));
	t.version = 3;
	ck_assert(!terms_send(&t, CMD_DATA) && terms_send(&t, CMD_UNKNOWN));
	t.version = 4;
	ck_assert(terms_send(&t, CMD_DATA));
	ck_assert_uint_eq(terms_payload_max(&t), FRAME_PAYLOAD_64K);
	t.protocol |= PROTO_MDS_1M;
	ck_assert_uint_eq(terms_payload_max(&t), FRAME_PAYLOAD_1M);
}
END_TEST

/*
 * A session in letters, capitals from the MTA.  `?` behind a letter: tolerated;
 * the last letter of a row has the verdict `last`, all before it are in order.
 */
static const struct {
	const char *what;
	struct terms terms;
	const char *session;
	enum dialogue_status last;
} session[] = {
	{ "a whole session", { 6, 0, 0 }, "OODCcDHcDMcDRcRcTcLcLcNcBcBcEcQ",
	    DIALOGUE_OK },
	{ "two messages", { 6, 0, 0 }, "OOCcHcMcRcTcNcEcMcRcTcNcEcQ", DIALOGUE_OK },
	{ "ABORT, new message", { 6, 0, 0 }, "OOCcHcMcRcAMcRcTcNcEaQ", DIALOGUE_OK },
	{ "no HELO", { 6, 0, 0 }, "OOCcMc", DIALOGUE_OK },
	{ "HELO after the end", { 6, 0, 0 }, "OOCcHcMcRcTcNcEcHc", DIALOGUE_OK },
	{ "unknown command", { 6, 0, 0 }, "OOCcUcHcUcMcUcRcUcTc", DIALOGUE_OK },
	{ "edits at the end", { 6, 0x1ff, 0 }, "OOCcMcRcTcNcEhim+2-ebbqpc", DIALOGUE_OK },
	{ "RCPT refused, next taken", { 6, 0, 0 }, "OOCcMcRrRtRyRcTc", DIALOGUE_OK },
	{ "refused MAIL, new MAIL", { 6, 0, 0 }, "OOCcMrMc", DIALOGUE_OK },
	{ "masked steps are jumped over",
	    { 6, 0,
		PROTO_NOCONNECT | PROTO_NOHELO | PROTO_NORCPT | PROTO_NODATA |
		    PROTO_NOHDRS | PROTO_NOEOH },
	    "OOMcBcEcQ", DIALOGUE_OK },
	{ "version 2 has no DATA", { 2, 0, 0 }, "OOCcMcRcLcNcEc", DIALOGUE_OK },
	{ "no answers asked", { 6, 0, PROTO_NR_MAIL | PROTO_NR_RCPT | PROTO_NR_DATA },
	    "OOCcMRRTLc", DIALOGUE_OK },
	{ "SKIP, then the end", { 6, 0, PROTO_SKIP }, "OOCcMcRcTcNcBcBsEc", DIALOGUE_OK },
	{ "body of the next message after SKIP", { 6, 0, PROTO_SKIP },
	    "OOCcMcRcTcNcBsEcMcRcTcNcBc", DIALOGUE_OK },
	{ "QUIT_NC keeps the terms", { 6, 0, 0 }, "OOCcMcRcTcNcEcKCc", DIALOGUE_OK },

	{ "HELO in a message", { 6, 0, 0 }, "OOCcHcMcH", DIALOGUE_TOLERATED },
	{ "ABORT in no message", { 6, 0, 0 }, "OOCcHcA", DIALOGUE_TOLERATED },
	{ "MAIL without ABORT", { 6, 0, 0 }, "OOCcHcMcM", DIALOGUE_TOLERATED },
	{ "RCPT after DATA was refused", { 6, 0, 0 }, "OOCcHcMcRcTrR",
	    DIALOGUE_TOLERATED },

	{ "command before OPTNEG", { 6, 0, 0 }, "C", DIALOGUE_OUT_OF_ORDER },
	{ "second OPTNEG", { 6, 0, 0 }, "OOCcO", DIALOGUE_OUT_OF_ORDER },
	{ "RCPT before MAIL", { 6, 0, 0 }, "OOCcHcR", DIALOGUE_OUT_OF_ORDER },
	{ "DATA before RCPT", { 6, 0, 0 }, "OOCcHcMcT", DIALOGUE_OUT_OF_ORDER },
	{ "header behind the body", { 6, 0, 0 }, "OOCcMcRcTcNcBcL",
	    DIALOGUE_OUT_OF_ORDER },
	{ "body before EOH", { 6, 0, 0 }, "OOCcMcRcTcLcB", DIALOGUE_OUT_OF_ORDER },
	{ "more after a refusal", { 6, 0, 0 }, "OOCcMcRcTcLrL", DIALOGUE_OUT_OF_ORDER },
	{ "MAIL after QUIT", { 6, 0, 0 }, "OOCcQM", DIALOGUE_OUT_OF_ORDER },
	{ "a step that is masked", { 6, 0, PROTO_NOHELO }, "OOCcH", DIALOGUE_MASKED },
	{ "DATA in version 3", { 3, 0, 0 }, "OOCcMcRcT", DIALOGUE_MASKED },
	{ "BODY after SKIP", { 6, 0, PROTO_SKIP }, "OOCcMcRcTcNcBsB", DIALOGUE_MASKED },
	{ "no patience", { 6, 0, 0 }, "OOCM", DIALOGUE_WAITING },
	{ "two replies", { 6, 0, 0 }, "OOCcMcRcc", DIALOGUE_UNASKED },
	{ "reply to ABORT", { 6, 0, 0 }, "OOCcMcAc", DIALOGUE_UNASKED },
	{ "reply to a macro", { 6, 0, 0 }, "OODc", DIALOGUE_UNASKED },
	{ "reply after NR", { 6, 0, PROTO_NR_RCPT }, "OOCcMcRc", DIALOGUE_UNASKED },
	{ "speaks first", { 6, 0, 0 }, "c", DIALOGUE_UNASKED },
	{ "CONTINUE to OPTNEG", { 6, 0, 0 }, "Oc", DIALOGUE_WRONG_REPLY },
	{ "edit before the end", { 6, 0x1ff, 0 }, "OOCcMcRh", DIALOGUE_WRONG_REPLY },
	{ "PROGRESS before the end", { 6, 0, 0 }, "OOCcMp", DIALOGUE_WRONG_REPLY },
	{ "SKIP to a header", { 6, 0, PROTO_SKIP }, "OOCcMcRcTcLs",
	    DIALOGUE_WRONG_REPLY },
	{ "DISCARD to CONNECT", { 6, 0, 0 }, "OOCd", DIALOGUE_WRONG_REPLY },
	{ "ACCEPT to UNKNOWN", { 6, 0, 0 }, "OOCcUa", DIALOGUE_WRONG_REPLY },
	{ "SHUTDOWN", { 6, 0, 0 }, "OOC4", DIALOGUE_WRONG_REPLY },
	{ "SKIP not agreed", { 6, 0, 0 }, "OOCcMcRcTcNcBs", DIALOGUE_NOT_AGREED },
	{ "edit not agreed", { 6, 0, 0 }, "OOCcMcRcTcNcEh", DIALOGUE_NOT_AGREED },
	{ "another edit agreed", { 6, ACTION_CHGHDRS, 0 }, "OOCcMcRcTcNcEi",
	    DIALOGUE_NOT_AGREED },
};

static enum dialogue_status
step(struct dialogue *d, char letter, bool from_mta)
{
	enum packet_kind kind = packet_kind(from_mta ? TO_MILTER : TO_MTA, letter);

	ck_assert_int_ne(kind, N_PACKETS);
	return from_mta ? dialogue_command(d, kind) : dialogue_reply(d, kind);
}

START_TEST(keeps_the_order)
{
	const char *letters = session[_i].session;
	size_t n = strlen(letters);
	struct dialogue d;

	dialogue_init(&d);
	for (size_t i = 0; i < n; i++) {
		bool answer = letters[i] == 'O' && d.due == CMD_OPTNEG;
		bool from_mta = letters[i] >= 'A' && letters[i] <= 'Z' && !answer;
		enum dialogue_status s = step(&d, letters[i], from_mta);
		enum dialogue_status want = i + 1 == n ? session[_i].last : DIALOGUE_OK;
		ck_assert_msg(s == want, "%s: %zu '%c': %d", session[_i].what, i,
		    letters[i], (int)s);
		if (answer)
			d.terms = session[_i].terms;
	}
}
END_TEST

START_TEST(a_broken_rule_moves_nothing)
{
	struct dialogue d, before;

	dialogue_init(&d);
	ck_assert_int_eq(dialogue_command(&d, CMD_OPTNEG), DIALOGUE_OK);
	ck_assert_int_eq(dialogue_reply(&d, RPL_OPTNEG), DIALOGUE_OK);
	d.terms = (struct terms){ .version = 6 };
	before = d;
	ck_assert_int_eq(dialogue_command(&d, CMD_BODY), DIALOGUE_OUT_OF_ORDER);
	ck_assert_int_eq(dialogue_reply(&d, RPL_CONTINUE), DIALOGUE_UNASKED);
	ck_assert_int_eq(d.stage, before.stage);
	ck_assert_int_eq(d.due, before.due);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("dialogue");
	TCase *t = tcase_create("dialogue");

	tcase_add_loop_test(t, terms_are_what_both_named, 0, COUNT(deal));
	tcase_add_test(t, version_and_bits_mask_commands);
	tcase_add_loop_test(t, keeps_the_order, 0, COUNT(session));
	tcase_add_test(t, a_broken_rule_moves_nothing);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
