/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/transcript/transcript.h"

#include "t/unit/runner.h"

static const char sample[] = "# First comment: the title\n"
			     "# Second comment\n"
			     "option: --domain foo.com\n"
			     "option: --user Jones\n"
			     "milter: F=T\n"
			     "milter:\n"
			     "expect: every packet\n"
			     "timeout: 300ms\n"
			     "id: reply/rcpt/1\n"
			     "M2< on BODYEOB 2+: REJECT\n"
			     "\n"
			     "      S: 220 foo.com ${*}\r\n"
			     "\tC: EHLO bar.com\n"
			     "C:\n"
			     "C:  leading blank, trailing blank \n"
			     "2 C= \\x00a\\r\n"
			     "2 C*1000= x\n"
			     "C*3: RCPT TO:<u${n}@foo.com>\n"
			     "M> eom\n"
			     "M< ADDHEADER X: y\n"
			     "M< reply 550 5.7.1 no\n"
			     "3 M2> raw H\\x00\n"
			     "M! close\n"
			     "M2! no BODY\n"
			     "S= 250 OK\\r\\n\n"
			     "S! silence 2s\n"
			     "S! close\n"
			     "C! shutdown\n";

static const struct {
	enum step_kind kind;
	unsigned conn, line;
	int milter;
	unsigned repeat;
	struct slice text;
} want[] = {
	{ STEP_LINE, 1, 12, 0, 1, SLICE("220 foo.com ${*}") },
	{ STEP_SEND, 1, 13, 0, 1, SLICE("EHLO bar.com") },
	{ STEP_SEND, 1, 14, 0, 1, SLICE("") },
	{ STEP_SEND, 1, 15, 0, 1, SLICE(" leading blank, trailing blank ") },
	{ STEP_BYTES, 2, 16, 0, 1, SLICE("\0a\r") },
	{ STEP_BYTES, 2, 17, 0, 1000, SLICE("x") },
	{ STEP_SEND, 1, 18, 0, 3, SLICE("RCPT TO:<u${n}@foo.com>") },
	{ STEP_PACKET, 1, 19, 1, 1, SLICE("BODYEOB") },
	{ STEP_ANSWER, 1, 20, 1, 1, SLICE("ADDHEADER X: y") },
	{ STEP_ANSWER, 1, 21, 1, 1, SLICE("REPLYCODE 550 5.7.1 no") },
	{ STEP_RAW_PACKET, 3, 22, 2, 1, SLICE("H\0") },
	{ STEP_MILTER_EOF, 1, 23, 1, 1, SLICE("") },
	{ STEP_NO_PACKET, 1, 24, 2, 1, SLICE("") },
	{ STEP_EXACT, 1, 25, 0, 1, SLICE("250 OK\r\n") },
	{ STEP_SILENCE, 1, 26, 0, 1, SLICE("") },
	{ STEP_EOF, 1, 27, 0, 1, SLICE("") },
	{ STEP_SHUTDOWN, 1, 28, 0, 1, SLICE("") },
};

START_TEST(reads_every_kind_of_line)
{
	struct text why = TEXT_INIT(500);
	struct transcript t;
	bool ok = transcript_read(&t, "a.mta", slice_of(sample), NULL, &why);

	ck_assert_msg(ok, "%s", text_cstr(&why));
	ck_assert_str_eq(text_cstr(&t.title), "First comment: the title");
	ck_assert_str_eq(text_cstr(&t.options), "--domain foo.com --user Jones");
	ck_assert_str_eq(text_cstr(&t.head.id), "reply/rcpt/1");
	ck_assert_str_eq(text_cstr(&t.milter[0]), "F=T");
	ck_assert_int_eq(t.milters, 2);
	ck_assert_uint_eq(t.connections, 3);
	ck_assert_int_eq(t.expect, EXPECT_PACKETS);
	ck_assert_uint_eq(t.timeout_ms, 300);
	ck_assert_uint_eq(t.rules, 1);
	ck_assert(t.rule[0].on == CMD_BODYEOB && t.rule[0].nth == 2 && t.rule[0].onwards);
	ck_assert_int_eq(t.rule[0].milter, 2);
	ck_assert_uint_eq(t.steps, COUNT(want));
	for (size_t i = 0; i < t.steps; i++) {
		const struct step *s = &t.step[i];
		ck_assert_msg(s->kind == want[i].kind && s->line == want[i].line &&
				  s->conn == want[i].conn &&
				  s->milter == want[i].milter &&
				  s->repeat == want[i].repeat,
		    "step %zu of line %u", i, s->line);
		ck_assert_msg(
		    slice_equal(text_slice(&s->text), want[i].text), "step %zu", i);
		ck_assert_str_eq(s->file, "a.mta");
	}
	ck_assert_uint_eq(t.step[7].answers, 2);
	ck_assert(!t.answer[t.step[7].first_answer].settles);
	ck_assert(t.answer[t.step[7].first_answer + 1].settles);
	ck_assert_uint_eq(t.step[14].wait_ms, 2000);
	ck_assert_int_eq(t.step[12].command, CMD_BODY);
	transcript_clear(&t);
	text_clear(&why);
}
END_TEST

static const struct {
	const char *source, *fault;
} bad[] = {
	{ "X: hello", "t:1: a line begins with" },
	{ "\n\nC", "t:3: a line begins with" },
	{ "M: x", "t:1: a line begins with" },
	{ "0 C: x", "numbers begin at 1" },
	{ "101 C: x", "'101' is not a number" },
	{ "C*0: x", "numbers begin at 1" },
	{ "C*1000001: x", "is not a number" },
	{ "C! hide", "C! wants close, reset or shutdown" },
	{ "S! open", "S! wants close" },
	{ "S! silence", "a time is written" },
	{ "S! silence 4000s", "'4000' is not a number from 0 to 3600" },
	{ "S! silence 1s 2s", "nothing more may follow" },
	{ "M! no", "M! wants close, or no" },
	{ "M! no FISH", "M! wants close, or no" },
	{ "S: ${", "${ wants a name" },
	{ "C= \\q", "a backslash wants" },
	{ "M> CONTINUE", "no command is called 'CONTINUE'" },
	{ "M< CONTINUE", "M< stands below the M> line" },
	{ "M> EOH\nC: x\nM< CONTINUE", "t:3: M< stands below" },
	{ "M> EOH\nM2< CONTINUE", "t:2: M< stands below" },
	{ "M> EOH\n2 M< CONTINUE", "t:2: M< stands below" },
	{ "M> EOH\nM< MAYBE", "no packet is called 'MAYBE'" },
	{ "M< on RCPT REJECT", "a rule is 'on COMMAND: ACTION'" },
	{ "M< on FISH: REJECT", "no command is called 'FISH'" },
	{ "M< on RCPT 0: REJECT", "the first one is number 1" },
	{ "M< on RCPT x: REJECT", "'x' is not a number" },
	{ "M< on RCPT: wait", "a time is written" },
	{ "M< on RCPT: wait 5", "a time is written" },
	{ "M< on RCPT: close now", "nothing more may follow" },
	{ "expect: nothing", "expect: wants" },
	{ "timeout: soon", "a time is written" },
	{ "include: other", "include: is not possible here" },
};

START_TEST(says_file_and_line_of_a_fault)
{
	struct text why = TEXT_INIT(500);
	struct transcript t;

	ck_assert(!transcript_read(&t, "t", slice_of(bad[_i].source), NULL, &why));
	ck_assert_msg(strstr(text_cstr(&why), bad[_i].fault) != NULL, "'%s': %s",
	    bad[_i].source, text_cstr(&why));
	ck_assert_msg(strncmp(text_cstr(&why), "t:", 2) == 0, "%s", text_cstr(&why));
	transcript_clear(&t);
	text_clear(&why);
}
END_TEST

/* Files by name: "dir/b" includes itself, "dir/c" has a fault. */
static bool
load(void *self, const char *name, struct text *ret, struct text *why)
{
	(void)self;
	const char *source = strcmp(name, "dir/a") == 0   ? "S: one\n"
			     : strcmp(name, "dir/b") == 0 ? "include: b\n"
			     : strcmp(name, "dir/c") == 0 ? "\nS! x\n"
							  : NULL;

	if (source == NULL) {
		text_printf(why, "%s: no such file", name);
		return false;
	}
	return text_append(ret, slice_of(source)) == TEXT_OK;
}

static const struct {
	const char *source, *fault;
} include[] = {
	{ "include: a\nS: two\n", NULL },
	{ "\ninclude: b\n", "dir/b:1: includes nested too deep" },
	{ "\ninclude: c\n", "dir/c:2: S! wants" },
	{ "\ninclude: d\n", "dir/t:2: dir/d: no such file" },
};

START_TEST(includes_stand_in_their_place)
{
	const struct transcript_loader loader = { load, NULL };
	struct text why = TEXT_INIT(500);
	struct transcript t;
	bool ok =
	    transcript_read(&t, "dir/t", slice_of(include[_i].source), &loader, &why);

	if (include[_i].fault == NULL) {
		ck_assert_msg(ok, "%s", text_cstr(&why));
		ck_assert_uint_eq(t.steps, 2);
		ck_assert_str_eq(t.step[0].file, "dir/a");
		ck_assert_str_eq(t.step[1].file, "dir/t");
	} else {
		ck_assert(!ok);
		ck_assert_str_eq(strstr(text_cstr(&why), include[_i].fault) != NULL
				     ? ""
				     : text_cstr(&why),
		    "");
	}
	transcript_clear(&t);
	text_clear(&why);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("transcript");
	TCase *t = tcase_create("transcript");

	tcase_add_test(t, reads_every_kind_of_line);
	tcase_add_loop_test(t, says_file_and_line_of_a_fault, 0, COUNT(bad));
	tcase_add_loop_test(t, includes_stand_in_their_place, 0, COUNT(include));
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
