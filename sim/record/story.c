/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/record/story.h"

#include <stdlib.h>

#include "base/array.h"

enum { LINES_MAX = 8 * RECORD_BYTES_MAX };

struct teller {
	struct story *story;
	const struct masks *masks;
	struct event said; /* SMTP that is not told yet */
	size_t said_line;
	struct text said_bytes, lines, masked;
	bool full;
};

size_t
story_find(const struct story *s, const struct event *wire)
{
	size_t i = 0;

	while (i < s->wires && !wire_same(&s->wire[i], wire))
		i++;
	return i;
}

/* story.wires: there is no room. */
static size_t
wire_of(struct story *s, const struct event *e)
{
	size_t i = story_find(s, e);

	if (i == s->wires && i < STORY_WIRES &&
	    array_room(&s->wire, i, &s->wires_room, sizeof *s->wire)) {
		s->wire[s->wires++] = *e;
		s->wire[i].bytes = SLICE("");
	}
	return i;
}

static void
add_line(struct teller *t, size_t wire, size_t line, struct slice words)
{
	struct story *s = t->story;
	size_t at = s->bytes.len;

	text_clear(&t->masked);
	mask_line(t->masks, &s->masks, words, &t->masked);
	if (wire == s->wires ||
	    !array_room(&s->line, s->lines, &s->lines_room, sizeof *s->line) ||
	    text_append(&s->bytes, text_slice(&t->masked)) != TEXT_OK) {
		t->full = true;
		return;
	}
	s->line[s->lines++] = (struct story_line){ wire, line, at, t->masked.len };
}

static void
tell_event(struct teller *t, const struct event *e, size_t line)
{
	size_t wire = wire_of(t->story, e);
	struct event one = *e;
	struct slice rest, words;

	one.conn = 1; /* the wire has a line of its own for that */
	text_clear(&t->lines);
	event_transcript(&t->lines, &one);
	rest = text_slice(&t->lines);
	while (slice_next_line(&rest, &words))
		add_line(t, wire, line, words);
}

static void
tell_said(struct teller *t)
{
	if (t->said_bytes.len == 0)
		return;
	t->said.bytes = text_slice(&t->said_bytes);
	tell_event(t, &t->said, t->said_line);
	text_clear(&t->said_bytes);
}

static void
hear(struct teller *t, const struct recorded *r)
{
	if (t->said_bytes.len > 0 &&
	    (t->said.what != r->e.what || !wire_same(&t->said, &r->e) ||
		t->said_bytes.len > RECORD_BYTES_MAX / 2))
		tell_said(t);
	if (t->said_bytes.len == 0) {
		t->said = r->e;
		t->said_line = r->line;
	}
	t->full |= text_append(&t->said_bytes, r->e.bytes) != TEXT_OK;
}

static bool
is_frame(struct slice words)
{
	return slice_equal(words, SLICE("connect")) || slice_equal(words, SLICE("close"));
}

static void
tell(struct teller *t, const struct recorded *r)
{
	bool smtp = r->e.what == EVENT_CLIENT || r->e.what == EVENT_SERVER;

	mask_learn(&t->story->masks, &r->e);
	if (smtp) {
		hear(t, r);
		return;
	}
	if (t->said_bytes.len > 0 && wire_same(&t->said, &r->e))
		tell_said(t);
	if (r->e.what != EVENT_NOTE || !is_frame(r->e.bytes))
		tell_event(t, &r->e, r->line);
	else
		(void)wire_of(t->story, &r->e);
}

bool
story_tell(
    struct story *s, const struct recording *r, const struct masks *m, struct text *why)
{
	struct teller t = { .story = s,
		.masks = m,
		.said_bytes = TEXT_INIT(RECORD_BYTES_MAX),
		.lines = TEXT_INIT(LINES_MAX),
		.masked = TEXT_INIT(LINES_MAX) };

	*s = (struct story){ .bytes = TEXT_INIT(4UL * RECORDING_BYTES_MAX) };
	for (size_t i = 0; i < r->events && !t.full; i++)
		tell(&t, &r->event[i]);
	tell_said(&t);
	text_clear(&t.said_bytes);
	text_clear(&t.lines);
	text_clear(&t.masked);
	if (t.full)
		text_printf(why, "%s: more than %d connections, or no memory", r->name,
		    STORY_WIRES);
	return !t.full;
}

void
story_clear(struct story *s)
{
	free(s->wire);
	free(s->line);
	text_clear(&s->bytes);
	*s = (struct story){ .wires = 0 };
}

long
story_next(const struct story *s, size_t wire, size_t from)
{
	while (from < s->lines && s->line[from].wire != wire)
		from++;
	return from < s->lines ? (long)from : STORY_NO_LINE;
}

long
story_before(const struct story *s, size_t wire, size_t line)
{
	while (line > 0 && s->line[line - 1].wire != wire)
		line--;
	return line > 0 ? (long)line - 1 : STORY_NO_LINE;
}

struct slice
story_words(const struct story *s, size_t line)
{
	const struct story_line *l = &s->line[line];

	return slice_first(slice_from(text_slice(&s->bytes), l->at), l->len);
}
