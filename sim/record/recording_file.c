/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/record/recording_file.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/put.h"
#include "sim/transcript/file.h"

static bool
fault(const struct recording *r, size_t line, const char *what, struct text *why)
{
	text_printf(why, "%s:%zu: %s", r->name, line, what);
	return false;
}

/* The bytes are found again by their length, once no more come. */
static bool
keep(struct recording *r, size_t line, const struct record *from, struct text *why)
{
	struct event e;

	if (!record_event(from, &e))
		return true;
	if (!array_room(&r->event, r->events, &r->room, sizeof *r->event) ||
	    text_append(&r->bytes, e.bytes) != TEXT_OK)
		return fault(r, line, "out of memory", why);
	r->event[r->events++] = (struct recorded){ line, e, from->length };
	return true;
}

static void
settle_bytes(struct recording *r)
{
	struct slice rest = text_slice(&r->bytes);

	for (size_t i = 0; i < r->events; i++) {
		struct slice *bytes = &r->event[i].e.bytes;
		*bytes = slice_first(rest, bytes->len);
		rest = slice_from(rest, bytes->len);
	}
}

static bool
take_line(struct recording *r, size_t number, const struct record *one, struct text *why)
{
	if (number == 1 && one->kind != RECORD_META)
		return fault(r, 1, "the first line does not describe a session", why);
	if (one->kind != RECORD_META)
		return keep(r, number, one, why);
	if (number > 1)
		return fault(r, number, "another recording begins in this one", why);
	r->redacted = one->redacted;
	return true;
}

bool
recording_take(
    struct recording *r, const char *name, struct slice lines, struct text *why)
{
	struct record one = RECORD_INIT;
	struct text what = TEXT_INIT(300);
	struct slice line;
	size_t number = 0;
	bool ok = true;

	*r = (struct recording){ .name = name, .bytes = TEXT_INIT(RECORDING_BYTES_MAX) };
	while (ok && lines.len > 0) {
		bool whole = slice_find(lines, '\n') < lines.len;
		(void)slice_next_line(&lines, &line);
		number++;
		if (record_read(line, &one, &what))
			ok = take_line(r, number, &one, why);
		else
			ok = fault(r, number,
			    whole ? text_reason(&what) : "the line is cut short", why);
	}
	if (ok && number == 0)
		ok = fault(r, 1, "the file is empty", why);
	settle_bytes(r);
	record_clear(&one);
	text_clear(&what);
	return ok;
}

bool
recording_load(struct recording *r, const char *name, struct text *why)
{
	struct text lines = TEXT_INIT(RECORDING_BYTES_MAX);
	bool ok;

	*r = (struct recording){ .name = name };
	ok = file_read(name, &lines, why) &&
	     recording_take(r, name, text_slice(&lines), why);
	text_clear(&lines);
	return ok;
}

void
recording_clear(struct recording *r)
{
	free(r->event);
	text_clear(&r->bytes);
	*r = (struct recording){ .name = r->name };
}

void
wire_describe(struct text *out, const struct event *e)
{
	if (e->filter == EVENT_NO_FILTER)
		put(out, SLICE("the client"));
	else
		text_printf(out, "m%zu", e->filter + 1);
	if (e->conn > 1)
		text_printf(out, ", connection %lu", e->conn);
}

bool
wire_same(const struct event *a, const struct event *b)
{
	return a->filter == b->filter && a->conn == b->conn;
}
