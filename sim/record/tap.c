/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/record/tap.h"

#include "wire/frame.h"

enum {
	KEPT_MAX = 4 + 1 + FRAME_PAYLOAD_1M,
	RAW_MAX = 64 * 1024, /* bytes of one event */
};

void
tap_init(struct tap *t, enum direction to)
{
	*t = (struct tap){ .to = to, .kept = TEXT_INIT(KEPT_MAX) };
}

void
tap_clear(struct tap *t)
{
	text_clear(&t->kept);
}

static void
tell_raw(const struct tap *t, struct slice bytes, const struct event_sink *sink)
{
	for (; bytes.len != 0; bytes = slice_from(bytes, RAW_MAX)) {
		const struct event e = { .what = EVENT_RAW,
			.to = t->to,
			.bytes = slice_first(bytes, RAW_MAX) };
		event_tell(sink, &e);
	}
}

static void
give_up(struct tap *t, struct slice rest, const struct event_sink *sink)
{
	t->lost = true;
	tell_raw(t, text_slice(&t->kept), sink);
	text_clear(&t->kept);
	tell_raw(t, rest, sink);
}

/* Tells the packets at the start of *in and takes them off; false: it is lost. */
static bool
tell_packets(const struct tap *t, struct slice *in, const struct event_sink *sink)
{
	enum frame_status status;
	struct frame f;

	while ((status = frame_decode(*in, FRAME_PAYLOAD_1M, &f)) == FRAME_OK) {
		const struct event e = { .what = EVENT_PACKET,
			.to = t->to,
			.letter = f.letter,
			.bytes = f.payload };
		event_tell(sink, &e);
		*in = slice_from(*in, f.size);
	}
	return status == FRAME_SHORT;
}

void
tap_bytes(struct tap *t, struct slice bytes, const struct event_sink *sink)
{
	/* What has begun is completed first, byte counts being few. */
	while (!t->lost && t->kept.len != 0 && bytes.len != 0) {
		size_t room = t->kept.limit - t->kept.len;
		struct slice part = slice_first(bytes, room);
		if (text_append(&t->kept, part) != TEXT_OK)
			break;
		bytes = slice_from(bytes, part.len);
		struct slice in = text_slice(&t->kept);
		if (!tell_packets(t, &in, sink)) {
			text_drop(&t->kept, t->kept.len - in.len);
			give_up(t, bytes, sink);
			return;
		}
		text_drop(&t->kept, t->kept.len - in.len);
	}
	if (bytes.len == 0)
		return;
	if (t->lost || t->kept.len != 0) {
		give_up(t, bytes, sink); /* or no memory */
		return;
	}
	if ((!tell_packets(t, &bytes, sink) || text_append(&t->kept, bytes) != TEXT_OK))
		give_up(t, bytes, sink);
}

void
tap_end(struct tap *t, const struct event_sink *sink)
{
	tell_raw(t, text_slice(&t->kept), sink);
	text_clear(&t->kept);
}
