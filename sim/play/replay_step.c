/* SPDX-License-Identifier: BSD-2-Clause */
/* The recording's events, one after the other: what is sent, what must come. */
#include "base/put.h"
#include "sim/play/replay_state.h"
#include "sim/record/redact.h"
#include "sim/transcript/lines.h"

enum {
	AROUND = 6,          /* lines */
	SHOWN = 400,         /* bytes of a line */
	AHEAD = 1024 * 1024, /* that may wait to be written */
};

void
replay_finish(struct replay *r, enum replay_end end)
{
	r->over = true;
	r->end = end;
	loop_stop(r->loop);
}

void
replay_fail(struct replay *r, enum replay_end end, const char *why)
{
	text_clear(&r->o->got);
	text_printf(&r->o->got, "%s", why);
	replay_finish(r, end);
}

/* --- what is shown --- */

static void
put_short(struct text *out, struct slice words)
{
	put(out, slice_first(words, SHOWN));
	if (words.len > SHOWN)
		put(out, SLICE("..."));
}

/* The packet as a masked line; what cannot be decoded as its bytes. */
static void
describe(struct replay *r, enum direction to, char letter, struct slice payload,
    struct text *out)
{
	struct text lines = TEXT_INIT(REPLAY_LINE_MAX);
	struct slice rest, line = { NULL, 0 };

	lines_packet(&lines, 1, 1, to, letter, payload);
	rest = text_slice(&lines);
	while (slice_next_line(&rest, &line))
		; /* a comment stands before the bytes */
	mask_line(r->config->masks, &r->masks, line, out);
	text_clear(&lines);
}

static void
remember(struct replay *r, enum direction to, char letter, struct slice payload)
{
	struct text line = TEXT_INIT(REPLAY_LINE_MAX);
	struct text *around = &r->o->around;

	describe(r, to, letter, payload, &line);
	if (r->around++ >= AROUND)
		text_drop(around, slice_find(text_slice(around), '\n') + 1);
	put_short(around, text_slice(&line));
	put(around, SLICE("\n"));
	text_clear(&line);
}

void
replay_part(
    struct replay *r, const struct recorded *at, struct slice expected, struct slice got)
{
	r->o->line = at->line;
	put_short(&r->o->expected, expected);
	put_short(&r->o->got, got);
	replay_finish(r, REPLAY_OTHER);
}

/* --- the milter's side --- */

/* A packet that counts; progress does not. */
static bool
next_answer(struct replay *r, struct frame *ret)
{
	while (mta_link_next(&r->link, ret)) {
		if (packet_kind(TO_MTA, ret->letter) != RPL_PROGRESS)
			return true;
		mta_link_take(&r->link, ret);
		(void)loop_set(r->loop, &r->late, 0);
	}
	return false;
}

/* Appends the answer as a line, masked like the recording. */
static void
describe_answer(struct replay *r, const struct frame *f, struct text *out)
{
	struct text masked = TEXT_INIT(FRAME_PAYLOAD_1M);
	const struct event e = { .what = EVENT_PACKET,
		.to = TO_MTA,
		.letter = f->letter,
		.bytes = f->payload };
	bool mask = r->config->recording->redacted && redact_event(&e, &masked);

	describe(r, TO_MTA, f->letter, mask ? text_slice(&masked) : f->payload, out);
	text_clear(&masked);
}

static void
hold_against(struct replay *r, const struct recorded *at, const struct frame *f)
{
	struct text expected = TEXT_INIT(REPLAY_LINE_MAX),
		    got = TEXT_INIT(REPLAY_LINE_MAX);

	describe(r, TO_MTA, at->e.letter, at->e.bytes, &expected);
	describe_answer(r, f, &got);
	if (slice_equal(text_slice(&expected), text_slice(&got))) {
		remember(r, TO_MTA, at->e.letter, at->e.bytes);
		r->o->answers++;
		r->at++;
	} else {
		replay_part(r, at, text_slice(&expected), text_slice(&got));
	}
	text_clear(&expected);
	text_clear(&got);
}

/* False: it is to be waited for. */
static bool
expect_answer(struct replay *r, const struct recorded *at)
{
	struct text expected = TEXT_INIT(REPLAY_LINE_MAX);
	struct frame f;

	if (packet_kind(TO_MTA, at->e.letter) == RPL_PROGRESS) {
		r->at++;
		return true;
	}
	if (next_answer(r, &f)) {
		hold_against(r, at, &f);
		mta_link_take(&r->link, &f);
		return true;
	}
	if (!r->link.ended && !r->link.deaf)
		return false;
	describe(r, TO_MTA, at->e.letter, at->e.bytes, &expected);
	replay_part(r, at, text_slice(&expected),
	    r->link.deaf ? SLICE("bytes that are no packet") : SLICE("a close"));
	text_clear(&expected);
	return true;
}

/* Is there an answer where the recording has none?  Then they part. */
static bool
answers_instead(struct replay *r, const struct recorded *at, struct slice expected)
{
	struct text got = TEXT_INIT(REPLAY_LINE_MAX);
	struct frame f;

	if (!next_answer(r, &f))
		return false;
	describe_answer(r, &f, &got);
	replay_part(r, at, expected, text_slice(&got));
	text_clear(&got);
	return true;
}

/* The recorded milter went here, or said what is no packet. */
static bool
expect_end(struct replay *r, const struct recorded *at)
{
	struct slice end = at->e.what == EVENT_RAW ? SLICE("bytes that are no packet")
						   : SLICE("a close");

	if (answers_instead(r, at, end))
		return true;
	if (!r->link.ended && !r->link.deaf)
		return false;
	r->at = r->config->recording->events;
	return true;
}

/* --- the MTA's side --- */

static bool
send_packet(struct replay *r, const struct recorded *at)
{
	char head[5] = { (char)(at->length >> 24), (char)(at->length >> 16),
		(char)(at->length >> 8), (char)at->length, at->e.letter };
	bool raw = at->e.what == EVENT_RAW;

	if (r->link.ended) {
		replay_part(r, at, SLICE("the milter reads on"), SLICE("a close"));
		return true;
	}
	if (r->link.out.len > AHEAD)
		return false;
	mask_learn(&r->masks, &at->e);
	if (!raw)
		remember(r, TO_MILTER, at->e.letter, at->e.bytes);
	if ((!raw && !mta_link_queue(&r->link, (struct slice){ head, sizeof head })) ||
	    !mta_link_queue(&r->link, at->e.bytes)) {
		replay_fail(r, REPLAY_ERROR, "out of memory");
		return true;
	}
	r->at++;
	return true;
}

/* We have no more to say.  False: not all is written yet. */
static bool
shut(struct replay *r)
{
	if (!r->shut && !r->link.ended) {
		if (!mta_link_idle(&r->link))
			return false;
		mta_link_end(&r->link, LINK_SHUTDOWN);
	}
	r->shut = true;
	return true;
}

static bool
is_one_of(struct slice words, const char *const *list)
{
	while (*list != NULL && !slice_equal(words, slice_of(*list)))
		list++;
	return *list != NULL;
}

static bool
note(struct replay *r, const struct recorded *at)
{
	static const char *const by_milter[] = { "eof-from-milter", "closed-by-milter",
		"reset-by-milter", NULL };
	static const char *const by_mta[] = { "eof-from-mta", "reset-by-mta", NULL };

	if (is_one_of(at->e.bytes, by_milter))
		return expect_end(r, at);
	if (is_one_of(at->e.bytes, by_mta) && !shut(r))
		return false;
	r->o->cut |= slice_equal(at->e.bytes, SLICE("recording-ends"));
	r->at++;
	return true;
}

/* All was said: the milter closes, and has nothing more to say either. */
static bool
settle(struct replay *r)
{
	const struct recorded *last =
	    &r->config->recording->event[r->config->recording->events - 1];

	if (!shut(r))
		return false;
	if (answers_instead(r, last, SLICE("no more answers")))
		return true;
	if (!r->link.ended)
		return false;
	replay_finish(r, REPLAY_SAME);
	return true;
}

/* False: something has to happen first. */
bool
replay_step(struct replay *r)
{
	const struct recording *all = r->config->recording;
	const struct recorded *at = &all->event[r->at];

	if (r->at == all->events)
		return settle(r);
	if (at->e.filter != r->config->filter || at->e.conn != r->conn) {
		r->at++;
		return true;
	}
	switch (at->e.what) {
	case EVENT_PACKET:
		return at->e.to == TO_MILTER ? send_packet(r, at) : expect_answer(r, at);
	case EVENT_RAW:
		return at->e.to == TO_MILTER ? send_packet(r, at) : expect_end(r, at);
	case EVENT_NOTE: return note(r, at);
	default: r->at++; return true;
	}
}

void
replay_late(struct replay *r)
{
	const struct recording *all = r->config->recording;
	const struct recorded *at =
	    &all->event[r->at < all->events ? r->at : all->events - 1];
	struct text expected = TEXT_INIT(REPLAY_LINE_MAX);

	if (r->at < all->events && at->e.what == EVENT_PACKET && at->e.to == TO_MTA)
		describe(r, TO_MTA, at->e.letter, at->e.bytes, &expected);
	else
		put(&expected, SLICE("a close, or that it reads on"));
	replay_part(r, at, text_slice(&expected), SLICE("nothing in time"));
	text_clear(&expected);
}
