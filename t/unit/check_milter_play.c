/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/play/milter_play.h"

#include "t/unit/milter_source.h"
#include "t/unit/runner.h"

/* A milter by `M< on` rules, a session, and what comes of it. */
static const struct {
	const char *what, *source;
	enum milter_end end;
	const char *rule; /* broken; "": the line's own */
	unsigned line;    /* 0: any */
	const char *got;  /* a part of it */
} row[] = {
	{ "an ordinary session", HEAD EOM "M< consent\nR! same\nR< CONTINUE\n",
	    MILTER_PASS, "", 0, "" },
	{ "another answer", HEAD RCPT "M> RCPT <e@f>\nM< REJECT\n", MILTER_FAIL, "", 14,
	    "M< CONTINUE" },
	{ "one of two answers", HEAD RCPT "M> RCPT <e@f>\nM< REJECT\nM| CONTINUE\n",
	    MILTER_PASS, "", 0, "" },
	{ "an answer bound and asked for again",
	    HEAD "M< on MAIL: REPLYCODE 451 4.7.1 later\n" CONN
		 "M> HELO h\nM< answer\nM> MAIL <a@b>\nM< REPLYCODE ${code} ${*}\n"
		 "R< REPLYCODE ${code} 4.7.1 ${*}\n",
	    MILTER_PASS, "", 0, "" },
	{ "no answer", SOON "M< on RCPT: hang\n" RCPT, MILTER_FAIL, "reply/missing", 13,
	    "no answer in 2000 ms" },
	{ "silence wanted",
	    HEAD "M< on RCPT: hang\n" MAIL "M> RCPT <c@d>\nM< silence 50ms\nM! close\n",
	    MILTER_PASS, "", 0, "" },
	{ "silence broken", HEAD MAIL "M> RCPT <c@d>\nM< silence 50ms\n", MILTER_FAIL, "",
	    12, "M< CONTINUE" },
	{ "the milter closes",
	    HEAD "M< on RCPT: close\n" MAIL "M> RCPT <c@d>\nM< close\n", MILTER_PASS, "",
	    0, "" },
	{ "it closes unasked", HEAD "M< on RCPT: close\n" RCPT, MILTER_FAIL,
	    "close/early", 13, "closed" },
	{ "it resets", HEAD "M< on RCPT: reset\n" MAIL "M> RCPT <c@d>\nM< close\n",
	    MILTER_PASS, "", 0, "" },
	{ "two answers to one command",
	    HEAD "M< on RCPT: CONTINUE\nM< on RCPT: CONTINUE\n" RCPT
		 "M> RCPT <e@f>\nM< answer\n",
	    MILTER_FAIL, "reply/unasked", 0, "CONTINUE" },
	{ "two answers to the last command",
	    HEAD "M< on RCPT: CONTINUE\nM< on RCPT: CONTINUE\n" RCPT, MILTER_FAIL,
	    "reply/unasked", 0, "" },
	{ "a broken rule that is allowed",
	    HEAD
	    "allow: reply/unasked\nM< on BODYEOB: CONTINUE\nM< on BODYEOB: CONTINUE\n" EOM
	    "M< CONTINUE\n",
	    MILTER_PASS, "", 0, "" },
	{ "a change too early", HEAD "M< on RCPT: ADDHEADER X: y\n" RCPT, MILTER_FAIL,
	    "edit/stage", 0, "ADDHEADER" },
	{ "length 0", HEAD "M< on RCPT: raw \\x00\\x00\\x00\\x00\n" RCPT, MILTER_FAIL,
	    "frame/empty", 0, "" },
	{ "2 GiB announced", HEAD "M< on RCPT: raw \\x7f\\xff\\xff\\xffx\n" RCPT,
	    MILTER_FAIL, "frame/too-long", 0, "" },
	{ "half a packet",
	    HEAD "M< on RCPT: raw \\x00\\x00\\x00\\x05hX\nM< on RCPT: close\n" RCPT,
	    MILTER_FAIL, "frame/cut", 0, "" },
	{ "a slow packet that never ends", SOON "M< on RCPT: raw \\x00\\x00\\x00\n" RCPT,
	    MILTER_FAIL, "reply/missing", 13, "but 3 bytes of a packet" },
	/* point: */
	{ "refused before the point",
	    HEAD
	    "M< on MAIL: REJECT\n" CONN
	    "M> HELO h\nM< answer\nM> MAIL <a@b>\nM< CONTINUE\npoint:\nM> RCPT <c@d>\nM< "
	    "answer\n",
	    MILTER_NOT_REACHED, "", 11, "M< REJECT" },
	{ "refused, and the point passed over",
	    HEAD "M< on MAIL: REJECT\n" MAIL "point:\nM> RCPT <c@d>\nM< answer\n",
	    MILTER_NOT_REACHED, "", 13, "done with this message" },
	{ "accepted for good",
	    HEAD "M< on CONNECT: ACCEPT\n" MAIL "point:\nM> RCPT <c@d>\nM< answer\n",
	    MILTER_NOT_REACHED, "", 0, "done with this connection" },
	{ "masked point",
	    HEAD "M< on OPTNEG: OPTNEG version 6 actions none protocol NORCPT\n" MAIL
		 "point:\nM> RCPT <c@d>\nM< REJECT\n",
	    MILTER_NOT_REACHED, "", 13, "does not want" },
	{ "masked but not the point",
	    HEAD "M< on OPTNEG: OPTNEG version 6 actions none protocol "
		 "NORCPT|NOHELO|NOHDRS\n" EOM "M< answer\n",
	    MILTER_PASS, "", 0, "" },
	{ "gone behind the macros of what it does not want",
	    HEAD "M< on OPTNEG: OPTNEG version 6 actions none protocol NORCPT\n" MAIL
		 "M> MACRO RCPT i=x\nM> RCPT <c@d>\nM< answer\nM! close\n",
	    MILTER_PASS, "", 0, "" },
	{ "bytes behind such macros",
	    HEAD "M< on OPTNEG: OPTNEG version 6 actions none protocol NORCPT\n" MAIL
		 "M> MACRO RCPT i=x\nM> RCPT <c@d>\nM< answer\n"
		 "M= \\x00\\x00\\x00\\x01A\n",
	    MILTER_PASS, "", 0, "" },
	{ "an answer that was taken away is no consent",
	    HEAD "M< on OPTNEG: OPTNEG version 6 actions none protocol NR_RCPT\nM< on "
		 "RCPT: wait 1ms\n"
		 "allow: reply/no-reply\n" MAIL "point:\nM> RCPT <c@d>\nM< REJECT\n",
	    MILTER_NOT_REACHED, "", 16, "does not answer" },
	{ "answered under NR",
	    HEAD "M< on OPTNEG: OPTNEG version 6 actions none protocol NR_RCPT\n"
		 "M< on RCPT: CONTINUE\n" RCPT,
	    MILTER_FAIL, "reply/no-reply", 0, "" },
	{ "different behind the point", HEAD MAIL "point:\nM> RCPT <c@d>\nM< REJECT\n",
	    MILTER_FAIL, "", 13, "M< CONTINUE" },
	{ "a recipient refused is not the message",
	    HEAD "M< on RCPT 1: REJECT\n" RCPT "point:\nM> RCPT <e@f>\nM< CONTINUE\n",
	    MILTER_PASS, "", 0, "" },
	{ "silence before the point is a breach all the same",
	    SOON "M< on RCPT 1: hang\n" RCPT "point:\nM> RCPT <e@f>\nM< answer\n",
	    MILTER_FAIL, "reply/missing", 13, "no answer" },
	{ "and so is an end",
	    HEAD "M< on RCPT 1: close\n" RCPT "point:\nM> RCPT <e@f>\nM< answer\n",
	    MILTER_FAIL, "close/early", 13, "closed" },
	{ "behind 421 it may close",
	    HEAD "M< on MAIL: REPLYCODE 421 4.3.2 bye\nM< on UNKNOWN: close\n" OFFER
		 "M> MAIL <a@b>\nM< answer\nM> UNKNOWN x\nM< answer\n"
		 "point:\nM> MAIL <e@f>\nM< answer\n",
	    MILTER_NOT_REACHED, "", 0, "" },
	/* our own breaches */
	{ "sent whatever was agreed",
	    HEAD "M< on OPTNEG: OPTNEG version 6 actions none protocol NORCPT\n" MAIL
		 "M>> RCPT <c@d>\nM< CONTINUE\n",
	    MILTER_PASS, "", 0, "" },
	{ "out of order, and nothing is asked of the milter",
	    HEAD OFFER "M>> BODY x\nM< answer\n", MILTER_PASS, "", 0, "" },
	{ "three commands in one write",
	    HEAD MAIL
	    "M> RCPT <c@d>\nM> RCPT <e@f>\nM> RCPT <g@h>\nM< CONTINUE\nM< CONTINUE\nM< "
	    "CONTINUE\n",
	    MILTER_PASS, "", 0, "" },
	{ "a byte at a time", HEAD MAIL "M/1> RCPT <c@d>\nM< CONTINUE\n", MILTER_PASS, "",
	    0, "" },
	{ "bytes as they are",
	    HEAD MAIL "M= \\x00\\x00\\x00\nM= \\x05R<a>\\x00\nM< close\nM| CONTINUE\n",
	    MILTER_PASS, "", 0, "" },
	/* the message */
	{ "another message than said",
	    HEAD "M< on BODYEOB: ADDHEADER X: y\n" EOM "M< answer\nR! same\n",
	    MILTER_FAIL, "", 0, "difference" },
	{ "changes in their order",
	    HEAD
	    "M< on BODYEOB: INSHEADER 0 A: 1\nM< on BODYEOB: INSHEADER 0 B: 2\n"
	    "M< on BODYEOB: CHGHEADER 1 Subject: z\nM< on BODYEOB: ADDRCPT <x@y>\n" EOM
	    "M< answer\nR: MAIL <a@b>\nR: RCPT <c@d>\nR: RCPT <x@y>\nR: HEADER B: 2\n"
	    "R: HEADER A: 1\nR: HEADER Subject: z\nR: BODY one\\r\\n\n",
	    MILTER_PASS, "", 0, "" },
	{ "its leading blank does not show",
	    HEAD "M< on OPTNEG: OPTNEG version 6 actions all protocol HDR_LEADSPC\n"
		 "M< on BODYEOB: ADDHEADER X:  y\n" EOM
		 "M< answer\nR: ...\nR: HEADER Subject: x\nR: HEADER X: y\nR: ...\n",
	    MILTER_PASS, "", 0, "" },
	{ "the message was refused on the way",
	    HEAD "M< on BODY: REPLYCODE 550 5.7.0 VIRUS FOUND\n" EOM
		 "M< answer\nR< REPLYCODE 550 5.7.0 VIRUS FOUND\n",
	    MILTER_PASS, "", 0, "" },
	{ "a message without an end has no result",
	    HEAD "M< on BODY: REJECT\n" EOM "M< answer\nR! same\n", MILTER_NOT_REACHED,
	    "", 0, "did not come to its end" },
	/* blocks, variables, connections */
	{ "a thousand recipients",
	    HEAD MAIL "repeat: 1000\nM> RCPT <r${n}@d>\nM< CONTINUE\nend:\n", MILTER_PASS,
	    "", 0, "" },
	{ "a block in a block",
	    HEAD
	    "M< on RCPT 6: REJECT\n" MAIL
	    "repeat: 2 as k\nrepeat: 3\nM> RCPT <r${k}.${n}@d>\nM< answer\nend:\nend:\n"
	    "M> RCPT <r2.3@d>\nM< CONTINUE\n",
	    MILTER_PASS, "", 0, "" },
	{ "variables",
	    HEAD "param: who = c@d\nlet: path = <${who}>\n" MAIL
		 "M> RCPT ${path}\nM< CONTINUE\n",
	    MILTER_PASS, "", 0, "" },
	{ "two connections, interleaved",
	    HEAD
	    "M< on RCPT: REJECT\n"
	    "M> OPTNEG version 6 actions all protocol all\n"
	    "2 M> OPTNEG version 6 actions none protocol none\n2 M< answer\nM< answer\n"
	    "2 M> CONNECT h unknown\nM> CONNECT g unknown\nM< CONTINUE\n2 M< CONTINUE\n",
	    MILTER_PASS, "", 0, "" },
	{ "nothing to fill in", HEAD "M> HELO ${nobody}\n", MILTER_ERROR, "", 3,
	    "no value" },
	/* generators */
	{ "cut at every byte",
	    HEAD MAIL "generate: cuts\npoint:\nM> RCPT <c@d>\nM< CONTINUE\n", MILTER_PASS,
	    "", 0, "" },
	{ "lengths",
	    HEAD "generate: lengths 0 1 255 65535\n" TEXT
		 "point:\nM> BODY ${bytes}\nM< CONTINUE\n",
	    MILTER_PASS, "", 0, "" },
	{ "a length that fails",
	    HEAD "generate: lengths 1 to 9 by 4\nM< on BODY 2+: REJECT\n" TEXT
		 "point:\nM> BODY ${length}\nM< CONTINUE\n",
	    MILTER_FAIL, "", 0, "REJECT" },
	{ "sessions side by side",
	    HEAD "generate: sessions 5 times 3\n" MAIL
		 "point:\nM> RCPT <s${session}@d>\nM< CONTINUE\n",
	    MILTER_PASS, "", 0, "" },
	{ "what each session is about is its own line",
	    HEAD
	    "generate: sessions 9 times 5\nM< on OPTNEG: OPTNEG version 6 actions none "
	    "protocol NOHELO\n" MAIL "point:\nM> RCPT <s${session}@d>\nM< CONTINUE\n",
	    MILTER_PASS, "", 0, "" },
	{ "all commands by two", HEAD "generate: sequences 2\n" OFFER "point:\n",
	    MILTER_PASS, "", 0, "" },
	{ "walks", HEAD "generate: walks 20 of 30\n" OFFER "point:\n", MILTER_PASS, "", 0,
	    "" },
	{ "walks that find the second message",
	    HEAD "generate: walks 50 of 60\nM< on MAIL 2: ADDHEADER X: y\n" OFFER
		 "point:\n",
	    MILTER_FAIL, "edit/stage", 0, "ADDHEADER" },
};

START_TEST(a_session_ends_as_it_should)
{
	struct milter_outcome o = MILTER_OUTCOME_INIT;
	struct transcript t;

	ck_assert(read(&t, row[_i].source));
	struct milter_play_config config = { .transcript = &t,
		.limits = { .total_ms = 100000 } };
	enum milter_end end = milter_play(&config, &o);
	const char *rule = o.rule < N_WIRE_RULES ? wire_rules[o.rule].name : "";
	ck_assert_msg(end == row[_i].end, "%s: %s, line %u, %s, got %s (%s)",
	    row[_i].what, milter_end_name(end), o.line, rule, text_cstr(&o.got),
	    text_cstr(&o.variant));
	ck_assert_msg(strcmp(rule, row[_i].rule) == 0, "%s: %s", row[_i].what, rule);
	ck_assert_msg(row[_i].line == 0 || o.line == row[_i].line, "%s: line %u",
	    row[_i].what, o.line);
	ck_assert_msg(strstr(text_cstr(&o.got), row[_i].got) != NULL, "%s: %s",
	    row[_i].what, text_cstr(&o.got));
	milter_outcome_clear(&o);
	transcript_clear(&t);
}
END_TEST

#define ANSWERS_AND_CLOSES "M< on QUIT: CONTINUE\nM< on QUIT: close\n"

/* QUIT answered once, twice, by a milter that does so each time, or is not known to. */
static const struct {
	const char *source;
	bool habit;
	enum milter_end end;
	bool behind_quit;
} quit_row[] = {
	{ HEAD "M< on QUIT: CONTINUE\n" RCPT, false, MILTER_FAIL, true },
	{ HEAD "M< on QUIT: CONTINUE\n" RCPT, true, MILTER_PASS, true },
	{ HEAD ANSWERS_AND_CLOSES RCPT "M> QUIT\nM< close\n", true, MILTER_PASS, true },
	{ HEAD ANSWERS_AND_CLOSES RCPT "point:\nM> QUIT\nM< close\n", true, MILTER_PASS,
	    true },
	{ HEAD ANSWERS_AND_CLOSES RCPT "M> QUIT\npoint:\nM< close\n", true, MILTER_FAIL,
	    true },
	{ HEAD "M< on QUIT: CONTINUE\nM< on QUIT: CONTINUE\n" RCPT, true, MILTER_FAIL,
	    true },
	{ HEAD "M< on QUIT: ADDHEADER X: y\n" RCPT, true, MILTER_FAIL, false },
	{ HEAD "M< on RCPT: CONTINUE\nM< on RCPT: CONTINUE\n" RCPT "M> RCPT <e@f>\n"
	       "M< answer\nM> RCPT <g@h>\nM< answer\n",
	    true, MILTER_FAIL, false },
	{ HEAD RCPT, true, MILTER_PASS, false },
};

START_TEST(an_answer_to_quit_is_one_fault_and_not_each_case_s)
{
	struct milter_outcome o = MILTER_OUTCOME_INIT;
	struct transcript t;

	ck_assert(read(&t, quit_row[_i].source));
	struct milter_play_config config = { .transcript = &t,
		.limits = { .total_ms = 100000 },
		.answers_quit = quit_row[_i].habit };
	enum milter_end end = milter_play(&config, &o);
	ck_assert_msg(end == quit_row[_i].end, "%d: %s, got %s", _i, milter_end_name(end),
	    text_cstr(&o.got));
	ck_assert_int_eq(o.behind_quit, quit_row[_i].behind_quit);
	milter_outcome_clear(&o);
	transcript_clear(&t);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("milter_play");
	TCase *t = tcase_create("milter_play");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, a_session_ends_as_it_should, 0, COUNT(row));
	tcase_add_loop_test(
	    t, an_answer_to_quit_is_one_fault_and_not_each_case_s, 0, COUNT(quit_row));
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
