/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/play/milter_play.h"

#include "sim/play/sequence.h"
#include "t/unit/runner.h"

#define HEAD  "speaks: milter\ntimeout: 60s\n"
#define SOON  "speaks: milter\ntimeout: 2s\n" /* where a time has to pass */
#define OFFER "M> OPTNEG version 6 actions all protocol all\nM< answer\n"
#define CONN  OFFER "M> CONNECT h inet 25 192.0.2.1\nM< answer\n"
#define MAIL  CONN "M> HELO h\nM< answer\nM> MAIL <a@b>\nM< answer\n"
#define RCPT  MAIL "M> RCPT <c@d>\nM< answer\n"
#define TEXT                                                                             \
	RCPT "M> HEADER Subject: x\nM< answer\nM> EOH\nM< answer\n"                      \
	     "M> BODY one\\r\\n\nM< answer\n"
#define EOM TEXT "M> BODYEOB\n"

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

static bool
read(struct transcript *t, const char *source)
{
	struct text why = TEXT_INIT(500);
	bool ok = transcript_read(t, "a.mta", slice_of(source), NULL, &why);

	ck_assert_msg(ok, "%s", text_cstr(&why));
	text_clear(&why);
	return ok;
}

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

START_TEST(a_walk_that_fails_is_made_short)
{
	struct milter_outcome o = MILTER_OUTCOME_INIT;
	struct transcript t;

	ck_assert(read(&t, HEAD
	    "generate: walks 50 of 60\nM< on MAIL 2: ADDHEADER X: y\n" OFFER "point:\n"));
	struct milter_play_config config = { .transcript = &t };
	ck_assert_int_eq(milter_play(&config, &o), MILTER_FAIL);
	/* The shortest way to a second MAIL. */
	ck_assert_msg(strstr(text_cstr(&o.variant), ": CONNECT MAIL MAIL") != NULL, "%s",
	    text_cstr(&o.variant));
	milter_outcome_clear(&o);
	transcript_clear(&t);
}
END_TEST

START_TEST(the_difference_shows_what_came_and_what_did_not)
{
	struct milter_outcome o = MILTER_OUTCOME_INIT;
	struct transcript t;

	ck_assert(read(&t, HEAD "M< on BODYEOB: CHGHEADER 1 Subject: y\n" EOM
				"M< answer\nR: MAIL <a@b>\nR: RCPT <c@d>\n"
				"R: HEADER Subject: x\nR: BODY one\\r\\n\n"));
	struct milter_play_config config = { .transcript = &t };
	ck_assert_int_eq(milter_play(&config, &o), MILTER_FAIL);
	ck_assert_str_eq(text_cstr(&o.diff),
	    "--- expected\n+++ the message that results\n MAIL <a@b>\n RCPT <c@d>\n"
	    "-HEADER Subject: x\n+HEADER Subject: y\n BODY one\\r\\n\n");
	milter_outcome_clear(&o);
	transcript_clear(&t);
}
END_TEST

static bool
dead(void *self, struct text *why)
{
	(void)self;
	text_printf(why, "killed by signal 11");
	return false;
}

START_TEST(a_process_that_died_is_the_failure)
{
	struct milter_outcome o = MILTER_OUTCOME_INIT;
	struct transcript t;

	ck_assert(read(&t, HEAD "M< on RCPT: close\n" RCPT));
	struct milter_play_config config = { .transcript = &t, .alive = dead };
	ck_assert_int_eq(milter_play(&config, &o), MILTER_FAIL);
	ck_assert_str_eq(text_cstr(&o.got), "killed by signal 11");
	milter_outcome_clear(&o);
	transcript_clear(&t);
}
END_TEST

struct count {
	unsigned packets, breaches, opens, closes;
};

static void
tally(void *self, const struct event *e)
{
	struct count *n = self;

	n->packets += e->what == EVENT_PACKET;
	n->breaches += e->what == EVENT_BREACH;
	n->opens += e->what == EVENT_OPEN;
	n->closes += e->what == EVENT_CLOSE;
}

START_TEST(all_that_happens_is_told)
{
	struct milter_outcome o = MILTER_OUTCOME_INIT;
	struct count n = { 0 };
	struct transcript t;

	ck_assert(read(&t, HEAD "allow: edit/stage\nM< on RCPT: ADDHEADER X: y\n" RCPT));
	struct milter_play_config config = { .transcript = &t, .sink = { tally, &n } };
	ck_assert_int_eq(milter_play(&config, &o), MILTER_PASS);
	/* 5 commands, 5 answers, the header, QUIT */
	ck_assert_uint_eq(n.packets, 12);
	ck_assert_uint_eq(n.breaches, 1);
	ck_assert_uint_eq(n.opens, 1);
	ck_assert_uint_eq(n.closes, 1);
	ck_assert(wire_rule_set_has(o.broken, RULE_EDIT_STAGE));
	milter_outcome_clear(&o);
	transcript_clear(&t);
}
END_TEST

START_TEST(a_param_of_the_caller_wins)
{
	struct milter_outcome o = MILTER_OUTCOME_INIT;
	struct transcript t;
	const struct milter_param param = { "reply", "REJECT" };

	ck_assert(read(&t, HEAD "param: reply = CONTINUE\nM< on RCPT: REJECT\n" MAIL
				"M> RCPT <c@d>\nM< ${reply}\n"));
	struct milter_play_config config = {
		.transcript = &t, .param = &param, .params = 1
	};
	ck_assert_int_eq(milter_play(&config, &o), MILTER_PASS);
	milter_outcome_clear(&o);
	transcript_clear(&t);
}
END_TEST

static void
write_down(void *self, const struct event *e)
{
	event_transcript(self, e);
}

START_TEST(a_plan_sends_nothing_and_says_all)
{
	struct text lines = TEXT_INIT(4000), why = TEXT_INIT(400);
	struct transcript t;

	ck_assert(read(&t,
	    HEAD "param: who = c@d\nM> HELO h\nM< CONTINUE\n2 M= \\x00\\x01\n"
		 "M> RCPT <${who}>\nM< REPLYCODE ${code} x\nM> MAIL <${code}>\n"));
	struct milter_play_config config = { .transcript = &t,
		.sink = { write_down, &lines } };
	ck_assert_msg(milter_play_plan(&config, &why), "%s", text_cstr(&why));
	ck_assert_str_eq(text_cstr(&lines),
	    "M> HELO h\n# M< CONTINUE\n2 M> raw \\x00\\x01\nM> RCPT <c@d>\n"
	    "# M< REPLYCODE ${code} x\n# M> MAIL <${code}>\n");
	text_clear(&lines);
	transcript_clear(&t);
}
END_TEST

/* --- walks --- */

START_TEST(a_walk_is_in_order_and_repeatable)
{
	static struct sequence a, b;

	sequence_walk(&a, 200, (uint64_t)_i);
	sequence_walk(&b, 200, (uint64_t)_i);
	ck_assert_uint_eq(a.count, 200);
	ck_assert_mem_eq(a.command, b.command, sizeof a.command);
	ck_assert(sequence_in_order(&a));
}
END_TEST

START_TEST(walks_come_everywhere)
{
	static struct sequence s;
	bool seen[N_PACKETS] = { false };

	for (uint64_t seed = 0; seed < 50; seed++) {
		sequence_walk(&s, 200, seed);
		for (size_t i = 0; i < s.count; i++)
			seen[s.command[i]] = true;
	}
	for (int k = CMD_MACRO; k <= CMD_ABORT; k++)
		ck_assert_msg(seen[k], "%s", packet_rules[k].name);
}
END_TEST

START_TEST(sequences_are_all_different)
{
	static bool seen[N_PACKETS][N_PACKETS];
	struct sequence s;

	ck_assert_uint_eq(sequence_count(2), 13 * 13);
	for (size_t i = 0; i < sequence_count(2); i++) {
		sequence_numbered(&s, 2, i);
		ck_assert_uint_eq(s.count, 2);
		ck_assert(!seen[s.command[0]][s.command[1]]);
		seen[s.command[0]][s.command[1]] = true;
	}
}
END_TEST

static const struct {
	const char *line, *why; /* NULL: good */
} generators[] = {
	{ "cuts", NULL },
	{ "lengths 0 to 300", NULL },
	{ "lengths 1 2 3", NULL },
	{ "lengths 0 to 65535 by 100", NULL },
	{ "sessions 20", NULL },
	{ "walks 10 of 20", NULL },
	{ "sequences 3", NULL },
	{ "cuts 3", "nothing more" },
	{ "lengths", "missing" },
	{ "lengths 5 to 4", "go up" },
	{ "lengths 0 to 65535", "more than" },
	{ "sessions 0", "begin at 1" },
	{ "sessions 201", "" },
	{ "sequences 4", "" },
	{ "walks 10", "walks M of N" },
	{ "flights", "cuts, lengths" },
};

START_TEST(a_generator_is_well_written_or_said_why)
{
	struct text why = TEXT_INIT(400);
	struct generator g;
	bool ok = generator_read(slice_of(generators[_i].line), &g, &why);

	ck_assert_msg(ok == (generators[_i].why == NULL), "%s: %s", generators[_i].line,
	    text_cstr(&why));
	ck_assert_msg(ok || strstr(text_cstr(&why), generators[_i].why) != NULL, "%s: %s",
	    generators[_i].line, text_cstr(&why));
	generator_clear(&g);
	text_clear(&why);
}
END_TEST

static Suite *
milter_play_suite(void)
{
	Suite *s = suite_create("milter_play");
	TCase *t = tcase_create("milter_play");

	tcase_set_timeout(t, 120);
	suite_add_tcase(s, t);
	tcase_add_loop_test(t, a_session_ends_as_it_should, 0, COUNT(row));
	tcase_add_test(t, a_walk_that_fails_is_made_short);
	tcase_add_test(t, the_difference_shows_what_came_and_what_did_not);
	tcase_add_test(t, a_process_that_died_is_the_failure);
	tcase_add_test(t, all_that_happens_is_told);
	tcase_add_test(t, a_param_of_the_caller_wins);
	tcase_add_test(t, a_plan_sends_nothing_and_says_all);
	tcase_add_loop_test(t, a_walk_is_in_order_and_repeatable, 0, 20);
	tcase_add_test(t, walks_come_everywhere);
	tcase_add_test(t, sequences_are_all_different);
	tcase_add_loop_test(
	    t, a_generator_is_well_written_or_said_why, 0, COUNT(generators));
	return s;
}

RUN_SUITE(milter_play_suite)
