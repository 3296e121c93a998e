/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/filters/chain.h"

#include <stdlib.h>

#include "base/put.h"
#include "t/unit/runner.h"
#include "wire/bytes.h"

/*
 * Two played filters and the story of a session, a letter per packet: what the
 * MTA sends as it is ("DC C", macros with the letter of their command), what a
 * filter answers behind "<", the second filter's with a 2 in front, and behind
 * "=" what came of the event: g(o) r(eject) t(empfail) y d(iscard) s(hutdown).
 */
static struct text story;
static uint64_t now;

static bool
no_macro(void *self, struct slice name, struct slice *ret)
{
	(void)self;
	*ret = SLICE("v");
	return slice_equal(name, SLICE("i")) || slice_equal(name, SLICE("{msg_id}"));
}

static void
tell(void *self, size_t filter, enum direction to, char letter, struct slice payload)
{
	(void)self;
	text_printf(&story, "%s%s%s%c%.1s", story.len != 0 ? " " : "",
	    filter == 1 ? "2" : "", to == TO_MTA ? "<" : "", letter,
	    letter == 'D' ? payload.ptr : "");
}

static void
ignore_frame(void *self, size_t filter, enum frame_status status)
{
	(void)self;
	(void)filter;
	(void)status;
}

static void
ignore(void *self, size_t filter, const char *text)
{
	(void)self;
	(void)filter;
	(void)text;
}

/* How a played filter behaves. */
struct play {
	uint32_t protocol;
	uint32_t actions;
	char at; /* the command that is answered by `answer` */
	struct slice
	    answer; /* letter and payload; "!" closes, "?" is silent, "~" garbage */
	bool absent;
};

static void
reply(struct filter *f, const struct play *p, char letter)
{
	char optneg[12];
	struct slice say = SLICE("c");

	if (letter == 'O') {
		bytes_put_u32(optneg, 6);
		bytes_put_u32(optneg + 4, p->actions);
		bytes_put_u32(optneg + 8, p->protocol);
		ck_assert(
		    frame_append(&f->in, 'O', (struct slice){ optneg, 12 }) == TEXT_OK);
		return;
	}
	if (letter == p->at)
		say = p->answer;
	if (slice_equal(say, SLICE("!"))) {
		f->eof = true;
		return;
	}
	if (slice_equal(say, SLICE("?")))
		return;
	if (slice_equal(say, SLICE("~"))) {
		put(&f->in, SLICE("\xff\xff\xff\xff\xff"));
		return;
	}
	ck_assert(frame_append(&f->in, say.ptr[0], slice_from(say, 1)) == TEXT_OK);
}

/* Reads what the MTA sent, answers where an answer is due. */
static bool
play(struct chain *c, size_t i, const struct play *p)
{
	struct filter *f = &c->filter[i];
	struct frame frame;
	bool moved = false;

	if (f->state == FILTER_CONNECTING && f->out.len == 0 && c->step != CMD_OPTNEG) {
		chain_connected(c, i, !p->absent, "absent", now);
		moved = true;
	}
	while (frame_decode(text_slice(&f->out), FRAME_PAYLOAD_64K, &frame) == FRAME_OK) {
		enum packet_kind kind = packet_kind(TO_MILTER, frame.letter);
		bool due = packet_rules[kind].answers != 0 &&
			   (packet_rules[kind].nr_bit & p->protocol) == 0;
		f->out.len -= frame.size;
		memmove(f->out.ptr, f->out.ptr + frame.size, f->out.len);
		chain_sent(c, i, now);
		if (due)
			reply(f, p, packet_rules[kind].letter);
		moved = true;
	}
	return moved;
}

static void
event(struct chain *c, const struct chain_event *e, const struct play plays[2])
{
	static const char outcome[] = "grtydsr!rt";

	chain_begin(c, e, now);
	while (!chain_work(c, now)) {
		bool moved = play(c, 0, &plays[0]);
		if (c->count > 1)
			moved = play(c, 1, &plays[1]) || moved;
		if (moved)
			continue;
		ck_assert_uint_ne(chain_deadline(c), 0); /* else it would hang */
		now = chain_deadline(c);
	}
	text_printf(&story, " =%c", outcome[c->outcome.kind]);
}

/* connect, HELO, MAIL, two RCPT, DATA, message, RSET's abort, QUIT. */
static void
session(struct chain *c, const struct play plays[2], const char *moments)
{
	struct message m;

	for (const char *at = moments; *at != '\0'; at++) {
		struct chain_event e = { .moment = MOMENT_CONNECT,
			.path = SLICE("<a@b>"),
			.text = SLICE("x"),
			.message = &m,
			.connect = { SLICE("h"), FAMILY_INET, 1, SLICE("127.0.0.1") } };
		static const struct {
			char letter;
			enum moment moment;
		} letters[] = { { 'C', MOMENT_CONNECT }, { 'H', MOMENT_HELO },
			{ 'M', MOMENT_MAIL }, { 'R', MOMENT_RCPT }, { 'r', MOMENT_RCPT },
			{ 'T', MOMENT_DATA }, { 'E', MOMENT_MESSAGE },
			{ 'U', MOMENT_UNKNOWN } };
		if (*at == 'A') {
			chain_end(c, ENDING_RSET);
			continue;
		}
		if (*at == 'Q') {
			chain_end(c, ENDING_QUIT);
			continue;
		}
		for (size_t i = 0; i < COUNT(letters); i++) {
			if (letters[i].letter == *at)
				e.moment = letters[i].moment;
		}
		e.refused = *at == 'r';
		message_init(&m, 1000);
		ck_assert_int_eq(
		    message_parse(&m, SLICE("A: 1\r\nB: 2\r\n\r\nbody\r\n")), MESSAGE_OK);
		event(c, &e, plays);
		message_clear(&m);
	}
}

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
	{ "garbage, F=T", 1, POLICY_TEMPFAIL, { { .at = 'R', .answer = SLICE("~") } },
	    "CHMR", UP " DR R =t" },
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
	    "O <O DC C <c =g DH H <s Q =g =g =g" },
	{ "an unknown command after a failure gets what F= says", 1, POLICY_TEMPFAIL,
	    { { .at = 'H', .answer = SLICE("!") } }, "CHU", "O <O DC C <c =g DH H =t =t" },
	{ "an action that was not offered", 1, POLICY_TEMPFAIL, { { .actions = 0x80000000 } },
	    "CHM", "O <O =t =g =g" },
	{ "a step that was not offered", 1, POLICY_TEMPFAIL, { { .protocol = 0x400000 } },
	    "C", "O <O =t" },
};
/* clang-format on */

static const struct filter_config *
configs(enum filter_policy policy)
{
	static struct filter_config two[2];

	for (int i = 0; i < 2; i++)
		two[i] = (struct filter_config){ .policy = policy,
			.connect_ms = 1000,
			.send_ms = 1000,
			.read_ms = 1000,
			.eom_ms = 3000 };
	return two;
}

START_TEST(tells_the_story_that_sendmail_tells)
{
	const struct chain_port port = { no_macro, tell, ignore_frame, ignore, NULL };
	struct chain *c = malloc(sizeof *c);

	ck_assert_ptr_nonnull(c);
	story = (struct text)TEXT_INIT(10000);
	now = 1;
	chain_init(c, configs(row[_i].policy), row[_i].filters,
	    &profile_sendmail_8_17.habits, port);
	session(c, row[_i].play, row[_i].moments);
	ck_assert_msg(strcmp(text_cstr(&story), row[_i].story) == 0,
	    "%s:\n%s\nwanted:\n%s", row[_i].what, text_cstr(&story), row[_i].story);
	text_clear(&story);
	chain_clear(c);
	free(c);
}
END_TEST

START_TEST(the_end_of_message_has_two_clocks)
{
	const struct chain_port port = { no_macro, tell, ignore_frame, ignore, NULL };
	const struct play plays[2] = { { .at = 'E', .answer = SLICE("?") }, { 0 } };
	struct chain *c = malloc(sizeof *c);
	struct message m;
	const struct chain_event e = { .moment = MOMENT_MESSAGE, .message = &m };

	ck_assert_ptr_nonnull(c);
	story = (struct text)TEXT_INIT(10000);
	now = 1;
	message_init(&m, 10);
	chain_init(c, configs(POLICY_TEMPFAIL), 1, &profile_sendmail_8_17.habits, port);
	session(c, plays, "CHMT");
	chain_begin(c, &e, now);
	while (!chain_work(c, now) && play(c, 0, &plays[0]))
		continue;
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
	text_clear(&story);
	message_clear(&m);
	chain_clear(c);
	free(c);
}
END_TEST

/* Every change, in order, as the next filter would see it. */
START_TEST(changes_are_made_in_order)
{
	static const char *const packets[] = { "hX\0one\0", "i\0\0\0\0Y\0two\0", "bnew ",
		"bbody", "m\0\0\0\1A\0\0", "+<n@x>\0", "-<o@x>\0", "e<s@x>\0", "qheld\0",
		"c" };
	static const size_t sizes[] = { 7, 11, 5, 5, 8, 7, 7, 7, 6, 1 };
	const struct chain_port port = { no_macro, tell, ignore_frame, ignore, NULL };
	const struct play plays[2] = {
		{ .actions = ACTIONS_ALL, .at = 'E', .answer = SLICE("?") }, { 0 }
	};
	struct chain *c = malloc(sizeof *c);
	struct message m;
	const struct chain_event e = { .moment = MOMENT_MESSAGE, .message = &m };

	ck_assert_ptr_nonnull(c);
	story = (struct text)TEXT_INIT(10000);
	now = 1;
	message_init(&m, 100);
	chain_init(c, configs(POLICY_TEMPFAIL), 1, &profile_sendmail_8_17.habits, port);
	session(c, plays, "CHMT");
	ck_assert_int_eq(message_parse(&m, SLICE("A: 1\r\n\r\nold")), MESSAGE_OK);
	ck_assert_int_eq(message_add_recipient(&m, SLICE("<o@x>")), MESSAGE_OK);
	chain_begin(c, &e, now);
	while (!chain_work(c, now) && play(c, 0, &plays[0]))
		continue;
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
	text_clear(&story);
	message_clear(&m);
	chain_clear(c);
	free(c);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("chain");
	TCase *t = tcase_create("filters");

	tcase_add_loop_test(t, tells_the_story_that_sendmail_tells, 0, COUNT(row));
	tcase_add_test(t, the_end_of_message_has_two_clocks);
	tcase_add_test(t, changes_are_made_in_order);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
