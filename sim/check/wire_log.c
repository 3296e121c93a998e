/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/check/wire_log.h"

#include <stdlib.h>

#include "wire/notation.h"

enum { HEX_COLUMNS = 16, HALF = WIRE_ENTRIES / 2, LINE_MAX_BYTES = 400 };

struct wire_log *
wire_log_new(void)
{
	return calloc(1, sizeof(struct wire_log));
}

static void
entry_clear(struct wire_entry *e)
{
	text_clear(&e->line);
	text_clear(&e->bytes);
}

void
wire_log_clear(struct wire_log *w)
{
	for (size_t i = 0; i < w->entries; i++)
		entry_clear(&w->entry[i]);
	w->entries = 0;
	w->dropped = 0;
}

void
wire_log_free(struct wire_log *w)
{
	if (w != NULL)
		wire_log_clear(w);
	free(w);
}

size_t
wire_log_gap(const struct wire_log *w)
{
	(void)w;
	return HALF;
}

/* Full: the oldest of the second half goes. */
static struct wire_entry *
place(struct wire_log *w)
{
	if (w->entries == WIRE_ENTRIES) {
		entry_clear(&w->entry[HALF]);
		memmove(&w->entry[HALF], &w->entry[HALF + 1],
		    (WIRE_ENTRIES - HALF - 1) * sizeof w->entry[0]);
		w->entries--;
		w->dropped++;
	}
	return &w->entry[w->entries++];
}

void
wire_log_add(
    struct wire_log *w, char side, unsigned conn, struct slice line, struct slice bytes)
{
	struct wire_entry *e = place(w);

	*e = (struct wire_entry){ .side = side,
		.conn = conn,
		.line = TEXT_INIT(LINE_MAX_BYTES),
		.bytes = TEXT_INIT(WIRE_BYTES),
		.size = bytes.len };
	text_append_cut(&e->line, line);
	if (text_append(&e->bytes, slice_first(bytes, WIRE_BYTES)) != TEXT_OK)
		e->bytes.len = 0; /* memory is out: the name has to do */
}

static char
describe(const struct event *e, struct text *line)
{
	switch (e->what) {
	case EVENT_PACKET:
		payload_describe(line, e->to, e->letter, slice_first(e->bytes, 65536));
		return e->to == TO_MILTER ? '>' : '<';
	case EVENT_RAW:
		text_printf(line, "raw ");
		text_append_escaped(line, e->bytes, 80);
		return e->to == TO_MILTER ? '>' : '<';
	case EVENT_BREACH: breach_describe(line, e->breach); return '!';
	case EVENT_OPEN: text_printf(line, "connected"); return ' ';
	case EVENT_CLOSE:
		text_printf(line, "closed%s", e->bytes.len > 0 ? ": " : "");
		break;
	case EVENT_CLIENT: text_printf(line, "C: "); break;
	case EVENT_SERVER: text_printf(line, "S: "); break;
	case EVENT_NOTE:
	case EVENT_DELIVERY: break;
	}
	text_append_escaped(line, e->bytes, 200);
	return ' ';
}

static void
tell(void *self, const struct event *e)
{
	struct wire_log *w = self;
	struct text line = TEXT_INIT(LINE_MAX_BYTES);
	bool wire = e->what == EVENT_PACKET || e->what == EVENT_RAW;
	char side = describe(e, &line);

	wire_log_add(
	    w, side, (unsigned)e->conn, text_slice(&line), wire ? e->bytes : SLICE(""));
	text_clear(&line);
}

struct event_sink
wire_log_sink(struct wire_log *w)
{
	return (struct event_sink){ .tell = tell, .self = w };
}

static void
hex_row(struct text *out, struct slice row, const char *indent)
{
	text_printf(out, "%s", indent);
	for (size_t i = 0; i < HEX_COLUMNS; i++) {
		if (i < row.len)
			text_printf(out, "%02x ", (unsigned char)row.ptr[i]);
		else
			text_printf(out, "   ");
	}
	text_printf(out, " ");
	for (size_t i = 0; i < row.len; i++) {
		bool plain = row.ptr[i] >= ' ' && row.ptr[i] <= '~';
		text_printf(out, "%c", plain ? row.ptr[i] : '.');
	}
	text_printf(out, "\n");
}

void
wire_log_hex(struct text *out, struct slice bytes, const char *indent)
{
	for (size_t at = 0; at < bytes.len; at += HEX_COLUMNS)
		hex_row(out, slice_first(slice_from(bytes, at), HEX_COLUMNS), indent);
}

void
wire_log_print(const struct wire_log *w, struct text *out)
{
	for (size_t i = 0; i < w->entries; i++) {
		const struct wire_entry *e = &w->entry[i];

		if (i == HALF && w->dropped > 0)
			text_printf(out, "    ... %zu more ...\n", w->dropped);
		text_printf(out,
		    e->side == '>' || e->side == '<' ? "%u M%c %.*s\n" : "%u  %c %.*s\n",
		    e->conn, e->side, (int)e->line.len, e->line.ptr);
		wire_log_hex(out, text_slice(&e->bytes), "        ");
		if (e->size > e->bytes.len)
			text_printf(out, "        ... %zu bytes in all\n", e->size);
	}
}
