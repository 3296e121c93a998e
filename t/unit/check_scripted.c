/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/puppet/scripted.h"

#include <stdio.h>

#include "sim/transcript/transcript.h"
#include "t/unit/runner.h"

/* What the played milter does to a packet, as words between commas. */
static void
play(struct scripted *s, char letter, struct slice payload, struct text *did)
{
	struct effect e;
	struct frame f;

	scripted_packet(s, letter, payload, NULL, 0);
	while (scripted_next(s, &e)) {
		text_printf(did, "%s", did->len > 0 ? "," : "");
		switch (e.act) {
		case ACT_WAIT: text_printf(did, "wait %u", e.wait_ms); break;
		case ACT_CLOSE: text_printf(did, "close"); break;
		case ACT_RESET: text_printf(did, "reset"); break;
		case ACT_HANG: text_printf(did, "hang"); break;
		case ACT_SEND:
			if (frame_decode(e.bytes, FRAME_PAYLOAD_1M, &f) == FRAME_OK)
				text_printf(did, "%c%zu", f.letter, f.payload.len);
			else
				text_printf(did, "raw %zu", e.bytes.len);
			break;
		}
	}
}

static const struct {
	const char *what, *rules;
	const char *session; /* letters of packets */
	const char *did;     /* for the last of them */
} row[] = {
	{ "no rule: continue", "", "H", "c0" },
	{ "no rule: no answer to ABORT", "", "A", "" },
	{ "no rule: no answer to a macro", "", "D", "" },
	{ "no rule: negotiates", "", "O", "O12" },
	{ "a letter that does not exist", "", "Z", "" },
	{ "every one", "M< on RCPT: REJECT", "RRR", "r0" },
	{ "another command", "M< on RCPT: REJECT", "RRM", "c0" },
	{ "the second", "M< on RCPT 2: REJECT", "RR", "r0" },
	{ "not the third", "M< on RCPT 2: REJECT", "RRR", "c0" },
	{ "from the second on", "M< on RCPT 2+: REJECT", "RRRR", "r0" },
	{ "not the first", "M< on RCPT 2+: REJECT", "R", "c0" },
	{ "a number beats every", "M< on RCPT: REJECT\nM< on RCPT 2: ACCEPT", "RR",
	    "a0" },
	{ "a number beats onwards", "M< on RCPT 1+: REJECT\nM< on RCPT 2: ACCEPT", "RR",
	    "a0" },
	{ "later onwards beats earlier", "M< on RCPT 3+: ACCEPT\nM< on RCPT 1+: REJECT",
	    "RRRR", "a0" },
	{ "several, then the default", "M< on EOM: ADDHEADER X: y\nM< on EOM: wait 5ms",
	    "E", "h4,wait 5,c0" },
	{ "several with an end of their own", "M< on EOM: PROGRESS\nM< on EOM: REJECT",
	    "E", "p0,r0" },
	{ "raw bytes are an answer", "M< on MAIL: raw \\x00\\x00", "M", "raw 2" },
	{ "close", "M< on MAIL: close", "M", "close" },
	{ "reset after a wait", "M< on MAIL: wait 1s\nM< on MAIL: reset", "M",
	    "wait 1000,reset" },
	{ "hang", "M< on MAIL: hang", "M", "hang" },
	{ "reply", "M< on MAIL: reply 550 no", "M", "y7" },
	{ "two answers for one command", "M< on MAIL: CONTINUE\nM< on MAIL: CONTINUE",
	    "M", "c0,c0" },
	{ "NR agreed: silence",
	    "M< on OPTNEG: OPTNEG version 6 actions none protocol NR_MAIL", "OM", "" },
	{ "NR agreed, but told to answer",
	    "M< on OPTNEG: OPTNEG version 6 actions none protocol NR_MAIL\nM< on MAIL: "
	    "REJECT",
	    "OM", "r0" },
	{ "NR answered that was never offered: does not count",
	    "M< on OPTNEG: OPTNEG version 6 actions none protocol 0x40000000", "OM",
	    "c0" },
	{ "rules of another milter", "M2< on MAIL: REJECT", "M", "c0" },
};

START_TEST(does_as_told)
{
	struct text did = TEXT_INIT(500), why = TEXT_INIT(500);
	struct slice offer = SLICE("\0\0\0\6\0\0\1\377\0\037\377\377");
	struct transcript t;
	struct scripted s;
	bool ok = transcript_read(&t, "t", slice_of(row[_i].rules), NULL, &why);

	ck_assert_msg(ok, "%s", text_cstr(&why));
	scripted_init(&s, (struct script){ t.rule, t.rules }, 1);
	for (const char *c = row[_i].session; *c != '\0'; c++) {
		text_clear(&did);
		play(&s, *c, *c == 'O' ? offer : SLICE("H"), &did);
	}
	ck_assert_msg(strcmp(text_cstr(&did), row[_i].did) == 0, "%s: '%s'", row[_i].what,
	    text_cstr(&did));
	scripted_clear(&s);
	transcript_clear(&t);
	text_clear(&did);
	text_clear(&why);
}
END_TEST

START_TEST(an_answer_told_on_the_spot_comes_before_rules)
{
	struct text why = TEXT_INIT(500);
	struct transcript t;
	struct scripted s;
	struct effect e;

	ck_assert(transcript_read(&t, "t",
	    SLICE("M< on MAIL: REJECT\nM> MAIL <a>\nM< TEMPFAIL\n"), NULL, &why));
	scripted_init(&s, (struct script){ t.rule, t.rules }, 1);
	scripted_packet(&s, 'M', SLICE("<a>\0"), t.answer, 1);
	ck_assert(scripted_next(&s, &e));
	ck_assert(slice_equal(e.bytes, SLICE("\0\0\0\1t")));
	ck_assert(!scripted_next(&s, &e));
	scripted_packet(&s, 'M', SLICE("<a>\0"), NULL, 0);
	ck_assert(scripted_next(&s, &e));
	ck_assert(slice_equal(e.bytes, SLICE("\0\0\0\1r")));
	scripted_clear(&s);
	transcript_clear(&t);
	text_clear(&why);
}
END_TEST

START_TEST(negotiates_no_more_than_offered)
{
	struct scripted s;
	struct effect e;

	scripted_init(&s, (struct script){ NULL, 0 }, 1);
	scripted_packet(&s, 'O', SLICE("\0\0\0\2\0\0\0\077\0\0\0\177"), NULL, 0);
	ck_assert(scripted_next(&s, &e));
	ck_assert(slice_equal(e.bytes, SLICE("\0\0\0\15O\0\0\0\2\0\0\0\077\0\0\0\0")));
	scripted_clear(&s);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("scripted");
	TCase *t = tcase_create("scripted");

	tcase_add_loop_test(t, does_as_told, 0, COUNT(row));
	tcase_add_test(t, an_answer_told_on_the_spot_comes_before_rules);
	tcase_add_test(t, negotiates_no_more_than_offered);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
