/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_RECORD_RECORDING_FILE_H
#define SIM_RECORD_RECORDING_FILE_H

/*
 * recording_file - a whole recording in memory, its lines as events.
 *
 * Stricter than record_read() on a line: the first line describes the session, and
 * one bad line refuses the file.  What is for people only is left out.
 */

#include "sim/transcript/recording.h"

enum { RECORDING_BYTES_MAX = 256 * 1024 * 1024 };

struct recorded {
	size_t line;     /* of the file, from 1 */
	struct event e;  /* borrows from the recording; ms from the start */
	uint32_t length; /* EVENT_PACKET: as on the wire, whatever is behind it */
};

struct recording {
	const char *name; /* of the file; borrowed */
	struct recorded *event;
	size_t events, room;
	bool redacted; /* made with --redact */
	struct text bytes;
};

/*
 * Of a file that is read already; `name` must outlive it.  False: *why says what is
 * wrong, with file and line.  recording_clear() in every case.
 */
bool recording_take(
    struct recording *r, const char *name, struct slice lines, struct text *why);

/* The same of a file on the disk, RECORDING_BYTES_MAX at most. */
bool recording_load(struct recording *r, const char *name, struct text *why);

void recording_clear(struct recording *r);

/* "m2, connection 3", "the client": whose wire the event is of. */
void wire_describe(struct text *out, const struct event *e);
bool wire_same(const struct event *a, const struct event *b);

#endif
