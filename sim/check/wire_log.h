/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_CHECK_WIRE_LOG_H
#define SIM_CHECK_WIRE_LOG_H

/*
 * wire_log - what was said on both wires during one case, in its order.
 *
 * An event_sink that keeps copies.  A flood cannot fill memory: of each packet
 * the first WIRE_BYTES are kept, of a long session its beginning and its end.
 */

#include "sim/transcript/event.h"

enum { WIRE_BYTES = 512, WIRE_ENTRIES = 400 };

struct wire_entry {
	char side;         /* '>' to the milter, '<' from it, '!' a breach, ' ' a note */
	unsigned conn;     /* from 1 */
	struct text line;  /* for a person */
	struct text bytes; /* as they were, the frame's head left out */
	size_t size;       /* of all of them */
};

struct wire_log {
	struct wire_entry entry[WIRE_ENTRIES];
	size_t entries;
	size_t dropped; /* in the middle: between the two halves */
};

/* NULL when memory is out. */
struct wire_log *wire_log_new(void);
void wire_log_free(struct wire_log *w);
void wire_log_clear(struct wire_log *w);

/* Tells the log; valid as long as the log. */
struct event_sink wire_log_sink(struct wire_log *w);

/* One entry by hand; a cut is made as for events. */
void wire_log_add(
    struct wire_log *w, char side, unsigned conn, struct slice line, struct slice bytes);

/* The entry at which `dropped` ones are missing. */
size_t wire_log_gap(const struct wire_log *w);

/* Bytes as two columns, `indent` in front: "4d 41 49  MAI". */
void wire_log_hex(struct text *out, struct slice bytes, const char *indent);

/* All of it for a person: names, and under each packet its bytes. */
void wire_log_print(const struct wire_log *w, struct text *out);

#endif
