/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/play/umpire.h"

#include "wire/frame.h"

enum { RAW_MAX = 2 * (FRAME_HEAD + FRAME_PAYLOAD_1M) };

void
umpire_init(struct umpire *u)
{
	*u = (struct umpire){ .raw = TEXT_INIT(RAW_MAX) };
	judge_init(&u->judge);
}

void
umpire_clear(struct umpire *u)
{
	text_clear(&u->raw);
}

static void
tell(const struct event *e, const struct breach *b, const struct event_sink *sink)
{
	const struct event breach = { .ms = e->ms,
		.what = EVENT_BREACH,
		.conn = e->conn,
		.filter = e->filter,
		.to = b->by,
		.breach = b };

	event_tell(sink, &breach);
}

static void
judge(struct umpire *u, const struct event *e, char letter, struct slice payload,
    const struct event_sink *sink)
{
	struct breach b[JUDGE_BREACHES];
	size_t n = judge_packet(&u->judge, e->to, letter, payload, b);

	for (size_t i = 0; i < n; i++)
		tell(e, &b[i], sink);
}

/* As an MTA reads it: packet by packet, whatever the writes were. */
static void
take_raw(struct umpire *u, const struct event *e, const struct event_sink *sink)
{
	enum frame_status s;
	struct frame f;

	for (;;) {
		s = frame_decode(text_slice(&u->raw), judge_payload_max(&u->judge), &f);
		if (s != FRAME_OK)
			break;
		judge(u, e, f.letter, f.payload, sink);
		text_drop(&u->raw, f.size);
	}
	if (s == FRAME_SHORT)
		return;
	const struct breach b = judge_frame(&u->judge, TO_MTA, s);
	tell(e, &b, sink);
	u->deaf = true;
	text_clear(&u->raw);
}

void
umpire_see(struct umpire *u, const struct event *e, const struct event_sink *sink)
{
	bool puppets = e->to == TO_MTA;
	enum text_status kept;

	if (e->what != EVENT_PACKET && e->what != EVENT_RAW)
		return;
	if (e->what == EVENT_PACKET && (!puppets || u->raw.len == 0)) {
		if (!puppets || !u->deaf)
			judge(u, e, e->letter, e->bytes, sink);
		return;
	}
	if (u->deaf || !puppets)
		return;
	kept = e->what == EVENT_RAW ? text_append(&u->raw, e->bytes)
				    : frame_append(&u->raw, e->letter, e->bytes);
	if (kept == TEXT_OK)
		take_raw(u, e, sink);
	else
		u->deaf = true;
}
