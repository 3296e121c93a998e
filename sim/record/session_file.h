/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_RECORD_SESSION_FILE_H
#define SIM_RECORD_SESSION_FILE_H

/*
 * session_file - the recording of one connection as it grows.
 *
 * Bytes of both directions become events, and those lines of a file on the shelf,
 * in the form of sim/transcript/recording.h; masked if that was asked for.  When
 * the file may not grow any more its last line says so.
 */

#include "sim/io/loop.h"
#include "sim/record/shelf.h"
#include "sim/record/tap.h"

struct session_file {
	struct shelf *shelf;
	const struct loop *loop; /* for the time */
	struct volume volume;
	struct tap to_milter, to_mta;
	struct text lines; /* not written yet */
	uint64_t start;
	bool redact;
};

/* The shelf and the loop must outlive it. */
void session_file_begin(
    struct session_file *f, struct shelf *s, const struct loop *l, bool redact);
void session_file_bytes(struct session_file *f, enum direction to, struct slice bytes);
void session_file_note(struct session_file *f, const char *what);
void session_file_end(struct session_file *f);

#endif
