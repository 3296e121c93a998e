/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/filters/chain.h"

#include <stdlib.h>

#include "t/unit/chain_story.h"
#include "t/unit/runner.h"

#define UP    "O <O DC C <c =g DH H <c =g DM M <c =g"
#define UP2   "O <O 2O 2<O DC C <c 2DC 2C 2<c =g DM M <c 2DM 2M 2<c =g"
#define TEXT_ "L <c L <c N <c B <c DE E <c =g"

/* clang-format off */
static const struct {
	const char *what;
	size_t filters;
	enum filter_policy policy;
	struct play play[2];
	const char *moments, *story;
} row[] = {
	{ "a message", 1, POLICY_IGNORE, { { 0 } }, "CHMRTEQ",
	    UP " DR R <c =g T <c =g " TEXT_ " Q" },
	{ "two messages: no ABORT between", 1, POLICY_IGNORE, { { 0 } }, "CHMRTEMQ",
	    UP " DR R <c =g T <c =g " TEXT_ " DM M <c =g Q" },
	{ "RSET aborts a message", 1, POLICY_IGNORE, { { 0 } }, "CHMRAMQ",
	    UP " DR R <c =g A DM M <c =g Q" },
	{ "two filters: each sees the whole text before the next", 2, POLICY_IGNORE,
	    { { 0 }, { 0 } }, "CMTE",
	    UP2 " T <c 2T 2<c =g L <c L <c N <c B <c DE E <c 2L 2<c 2L 2<c 2N 2<c 2B 2<c 2DE 2E 2<c =g" },
	{ "the first rejects: the second is not asked, and told by ABORT", 2, POLICY_IGNORE,
	    { { .at = 'B', .answer = SLICE("r") }, { 0 } }, "CMTE",
	    UP2 " T <c 2T 2<c =g L <c L <c N <c B <r 2A =r" },
	{ "the second rejects MAIL: the first is told", 2, POLICY_IGNORE,
	    { { 0 }, { .at = 'M', .answer = SLICE("r") } }, "CM",
	    "O <O 2O 2<O DC C <c 2DC 2C 2<c =g DM M <c 2DM 2M 2<r A =r" },
	{ "one RCPT rejected, the next is asked", 1, POLICY_IGNORE,
	    { { .at = 'R', .answer = SLICE("r") } }, "CHMRR", UP " DR R <r =r DR R <r =r" },
	{ "a RCPT that the MTA refuses: macros alone", 1, POLICY_IGNORE, { { 0 } }, "CHMr",
	    UP " DR =g" },
	{ "... unless the milter wants to see it", 1, POLICY_IGNORE,
	    { { .protocol = PROTO_RCPT_REJ } }, "CHMr", UP " DR R <c =g" },
	{ "accept at RCPT: out of this message", 1, POLICY_IGNORE,
	    { { .at = 'R', .answer = SLICE("a") } }, "CHMRTEM",
	    UP " DR R <a =g =g =g DM M <c =g" },
	{ "accept at connect: QUIT, out of the session", 1, POLICY_IGNORE,
	    { { .at = 'C', .answer = SLICE("a") } }, "CHMQ", "O <O DC C <a Q =g =g =g" },
	{ "reject at connect: QUIT to all", 2, POLICY_IGNORE,
	    { { .at = 'C', .answer = SLICE("r") }, { 0 } }, "C",
	    "O <O 2O 2<O DC C <r Q 2Q =r" },
	{ "discard at RCPT: ABORT when the message ends", 1, POLICY_IGNORE,
	    { { .at = 'R', .answer = SLICE("d") } }, "CHMRA", UP " DR R <d =d A" },
	{ "discard in the text: no ABORT", 1, POLICY_IGNORE,
	    { { .at = 'N', .answer = SLICE("d") } }, "CHMTEAQ",
	    UP " T <c =g L <c L <c N <d =d Q" },
	{ "discard at HELO is of no effect", 1, POLICY_IGNORE,
	    { { .at = 'H', .answer = SLICE("d") } }, "CH", "O <O DC C <c =g DH H <d =g" },
	{ "skip in the body", 1, POLICY_IGNORE, { { .at = 'B', .answer = SLICE("s") } },
	    "CHMTE", UP " T <c =g L <c L <c N <c B <s DE E <c =g" },
	{ "skip at a header stops the body", 1, POLICY_IGNORE,
	    { { .at = 'L', .answer = SLICE("s") } }, "CHMTE",
	    UP " T <c =g L <s L <s N <c DE E <c =g" },
	{ "steps that are not wanted: macros all the same", 1, POLICY_IGNORE,
	    { { .protocol = PROTO_NOCONNECT | PROTO_NOHELO | PROTO_NOMAIL | PROTO_NORCPT |
		  PROTO_NODATA | PROTO_NOHDRS | PROTO_NOEOH | PROTO_NOBODY } },
	    "CHMRTEQ", "O <O DC =g DH =g DM =g DR =g =g DE E <c =g Q" },
	{ "no answers: nothing is waited for", 1, POLICY_IGNORE,
	    { { .protocol = PROTO_NR_CONN | PROTO_NR_HELO | PROTO_NR_MAIL | PROTO_NR_RCPT |
		  PROTO_NR_DATA | PROTO_NR_HDR | PROTO_NR_EOH | PROTO_NR_BODY } },
	    "CHMRTEQ", "O <O DC C =g DH H =g DM M =g DR R =g T =g L L N B DE E <c =g Q" },
	{ "no answer to MAIL: no ABORT", 1, POLICY_IGNORE, { { .protocol = PROTO_NR_MAIL } },
	    "CHMAM", "O <O DC C <c =g DH H <c =g DM M =g DM M =g" },
	{ "unknown command", 1, POLICY_IGNORE, { { .at = 'U', .answer = SLICE("r") } },
	    "CU", "O <O DC C <c =g U <r =r" },
	{ "no unknown command to a filter whose message is over", 1, POLICY_IGNORE, { { 0 } },
	    "CHMAU", UP " A =g" },
	{ "a reply", 1, POLICY_IGNORE, { { .at = 'R', .answer = SLICE("y550 5.7.0 no\0") } },
	    "CHMR", UP " DR R <y =y" },
	{ "a reply without its NUL is a plain reject", 1, POLICY_IGNORE,
	    { { .at = 'R', .answer = SLICE("y550 5.7.0 no") } }, "CHMR", UP " DR R <y =r" },
	{ "a reply with a lone % is a plain reject", 1, POLICY_IGNORE,
	    { { .at = 'R', .answer = SLICE("y550 50% off\0") } }, "CHMR", UP " DR R <y =r" },
	{ "a reply of 2yz is a plain reject", 1, POLICY_IGNORE,
	    { { .at = 'R', .answer = SLICE("y250 ok\0") } }, "CHMR", UP " DR R <y =r" },

	{ "absent, no F", 1, POLICY_IGNORE, { { .absent = true } }, "CHMR", " =g =g =g =g" },
	{ "absent, F=T", 1, POLICY_TEMPFAIL, { { .absent = true } }, "CHM", " =t =g =g" },
	{ "absent, F=R", 1, POLICY_REJECT, { { .absent = true } }, "CM", " =r =g" },
	{ "absent, F=4", 1, POLICY_SHUTDOWN, { { .absent = true } }, "C", " =s" },
	{ "absent, F=T, the other one hears QUIT", 2, POLICY_TEMPFAIL,
	    { { 0 }, { .absent = true } }, "C", "O <O Q =t" },
	{ "closes instead of an answer to MAIL, no F: goes on without", 1, POLICY_IGNORE,
	    { { .at = 'M', .answer = SLICE("!") } }, "CHMRQ",
	    "O <O DC C <c =g DH H <c =g DM M =g =g" },
	{ "closes in the text, F=T, and again at the next MAIL", 1, POLICY_TEMPFAIL,
	    { { .at = 'B', .answer = SLICE("!") } }, "CHMTEM",
	    UP " T <c =g L <c L <c N <c B =t =t" },
	{ "silent at RCPT, F=T: the clock ends it", 1, POLICY_TEMPFAIL,
	    { { .at = 'R', .answer = SLICE("?") } }, "CHMRR", UP " DR R =t =t" },
	{ "silent at the end of message, F=R", 1, POLICY_REJECT,
	    { { .at = 'E', .answer = SLICE("?") } }, "CHMTE",
	    UP " T <c =g L <c L <c N <c B <c DE E =r" },
	{ "a length of 4 GiB ends the session, F=T", 1, POLICY_TEMPFAIL,
	    { { .at = 'R', .answer = SLICE("~") } }, "CHMR", UP " DR R =!" },
	{ "the second absent, no F: the first is told of the client", 2, POLICY_IGNORE,
	    { { 0 }, { .absent = true } }, "CH", "O <O DC C <c =g DH H <c =g" },
	{ "a letter that is no answer shows at the next command", 1, POLICY_TEMPFAIL,
	    { { .at = 'R', .answer = SLICE("z") } }, "CHMRR", UP " DR R <z =g =t" },
	{ "... but at the end of message at once", 1, POLICY_TEMPFAIL,
	    { { .at = 'E', .answer = SLICE("z") } }, "CHMTE",
	    UP " T <c =g L <c L <c N <c B <c DE E <z =t" },
	{ "progress before the end of message is a fault, shown at the next command", 1,
	    POLICY_TEMPFAIL, { { .at = 'R', .answer = SLICE("p") } }, "CHMRR",
	    UP " DR R <p =g =t" },
	{ "so is a change", 1, POLICY_TEMPFAIL,
	    { { .at = 'R', .answer = SLICE("hA\0b\0") } }, "CHMRR", UP " DR R <h =g =t" },
	{ "skip where there is nothing to skip ends the filter for the session", 1,
	    POLICY_TEMPFAIL, { { .at = 'H', .answer = SLICE("s") } }, "CHMR",
	    "O <O DC C <c =g DH H <s =g =g =g" },
	{ "... and is told of its end alone", 1, POLICY_TEMPFAIL,
	    { { .at = 'H', .answer = SLICE("s") } }, "CHMAQ",
	    "O <O DC C <c =g DH H <s =g =g Q" },
	{ "an unknown command after a failure gets what F= says", 1, POLICY_TEMPFAIL,
	    { { .at = 'H', .answer = SLICE("!") } }, "CHU", "O <O DC C <c =g DH H =t =t" },
	{ "an answer too many is told once, and is the next command's", 1, POLICY_TEMPFAIL,
	    { { .at = 'M', .answer = SLICE("2") } }, "CHMRRTE",
	    UP " ! DR R <c =g DR R <c =g T <c =g L <c L <c N <c B <c DE E <c =g" },
	{ "the second throws away at MAIL: the first is told", 2, POLICY_IGNORE,
	    { { 0 }, { .at = 'M', .answer = SLICE("d") } }, "CM",
	    "O <O 2O 2<O DC C <c 2DC 2C 2<c =g DM M <c 2DM 2M 2<d A =d" },
	{ "... fails there, F=4: it is not", 2, POLICY_SHUTDOWN,
	    { { 0 }, { .at = 'M', .answer = SLICE("!") } }, "CM",
	    "O <O 2O 2<O DC C <c 2DC 2C 2<c =g DM M <c 2DM 2M =s" },
	{ "the first absent, F=T: the second is not even offered terms", 2, POLICY_TEMPFAIL,
	    { { .absent = true }, { 0 } }, "C", " =t" },
	{ "... its terms not good: it is", 2, POLICY_TEMPFAIL,
	    { { .actions = 0x80000000 }, { 0 } }, "C", "O <O 2O 2<O 2Q =t" },
	{ "was sent DATA, and never said yes to MAIL: no ABORT", 1, POLICY_IGNORE,
	    { { .protocol = PROTO_NR_MAIL } }, "CHMTA",
	    "O <O DC C <c =g DH H <c =g DM M =g T <c =g" },
	{ "an action that was not offered", 1, POLICY_TEMPFAIL, { { .actions = 0x80000000 } },
	    "CHM", "O <O =t =g =g" },
	{ "a step that was not offered", 1, POLICY_TEMPFAIL, { { .protocol = 0x400000 } },
	    "C", "O <O =t" },
};
/* clang-format on */

START_TEST(tells_the_story_that_sendmail_tells)
{
	struct chain *c =
	    new_chain(row[_i].policy, row[_i].filters, &profile_sendmail_8_17.habits);

	session(c, row[_i].play, row[_i].moments);
	ck_assert_msg(strcmp(text_cstr(&story), row[_i].story) == 0,
	    "%s:\n%s\nwanted:\n%s", row[_i].what, text_cstr(&story), row[_i].story);
	free_chain(c);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("chain");
	TCase *t = tcase_create("filters");

	tcase_add_loop_test(t, tells_the_story_that_sendmail_tells, 0, COUNT(row));
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
