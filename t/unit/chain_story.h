/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef T_UNIT_CHAIN_STORY_H
#define T_UNIT_CHAIN_STORY_H

/*
 * Two played filters and the story of a session, a letter per packet: what the
 * MTA sends as it is ("DC C", macros with the letter of their command), what a
 * filter answers behind "<", the second filter's with a 2 in front, and behind
 * "=" what came of the event: g(o) r(eject) t(empfail) y d(iscard) s(hutdown);
 * a "!" where a filter answered before it was asked.
 */

#include <stdlib.h>

#include "base/put.h"
#include "sim/filters/chain.h"
#include "t/unit/runner.h"
#include "wire/bytes.h"

static struct text story;
static uint64_t now;
static bool late_came;

static inline bool
no_macro(void *self, struct slice name, struct slice *ret)
{
	(void)self;
	*ret = SLICE("v");
	return slice_equal(name, SLICE("i")) || slice_equal(name, SLICE("{msg_id}"));
}

static inline void
tell(void *self, size_t filter, enum direction to, char letter, struct slice payload)
{
	(void)self;
	text_printf(&story, "%s%s%s%c%.1s", story.len != 0 ? " " : "",
	    filter == 1 ? "2" : "", to == TO_MTA ? "<" : "", letter,
	    letter == 'D' ? payload.ptr : "");
}

static inline void
ignore_frame(void *self, size_t filter, enum frame_status status)
{
	(void)self;
	(void)filter;
	(void)status;
}

static inline void
tell_early(void *self, size_t filter, char letter)
{
	(void)self;
	(void)letter;
	text_printf(&story, " %s!", filter == 1 ? "2" : "");
}

static inline void
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
	char at;             /* the command that is answered by `answer` */
	struct slice answer; /* letter and payload; "!" closes, "?" is silent, "~"
			      * garbage, "2" is CONTINUE twice */
	bool absent;
	struct slice then; /* a second packet behind that one */
	struct slice late; /* ... that comes when the MTA waits for it; once */
};

static inline void
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
	if (slice_equal(say, SLICE("2"))) {
		put(&f->in, SLICE("\0\0\0\1c"));
		say = SLICE("c");
	}
	ck_assert(frame_append(&f->in, say.ptr[0], slice_from(say, 1)) == TEXT_OK);
	if (letter == p->at && p->then.len != 0)
		ck_assert(frame_append(&f->in, p->then.ptr[0], slice_from(p->then, 1)) ==
			  TEXT_OK);
}

/* Reads what the MTA sent, answers where an answer is due. */
static inline bool
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

static inline bool
come_late(struct filter *f, const struct play *p)
{
	if (p->late.len == 0 || late_came)
		return false;
	late_came = true;
	return frame_append(&f->in, p->late.ptr[0], slice_from(p->late, 1)) == TEXT_OK;
}

static inline void
event(struct chain *c, const struct chain_event *e, const struct play plays[2])
{
	static const char outcome[] = "grtydsr!rtmh";

	chain_begin(c, e, now);
	while (!chain_work(c, now)) {
		bool moved = play(c, 0, &plays[0]);
		if (c->count > 1)
			moved = play(c, 1, &plays[1]) || moved;
		if (moved || come_late(&c->filter[c->at], &plays[c->at]))
			continue;
		ck_assert_uint_ne(chain_deadline(c), 0); /* else it would hang */
		now = chain_deadline(c);
	}
	text_printf(&story, " =%c", outcome[c->outcome.kind]);
}

/* connect, HELO, MAIL, two RCPT, DATA, message, RSET's abort, QUIT. */
static inline void
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

static inline const struct filter_config *
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

/* A chain of that many filters, with the story empty and the clock at 1. */
static inline struct chain *
new_chain(enum filter_policy policy, size_t filters, const struct habits *habits)
{
	const struct chain_port port = { no_macro, tell, ignore_frame, tell_early, ignore,
		NULL };
	struct chain *c = malloc(sizeof *c);

	ck_assert_ptr_nonnull(c);
	story = (struct text)TEXT_INIT(10000);
	now = 1;
	late_came = false;
	chain_init(c, configs(policy), filters, habits, port);
	return c;
}

static inline void
free_chain(struct chain *c)
{
	text_clear(&story);
	chain_clear(c);
	free(c);
}

#endif
