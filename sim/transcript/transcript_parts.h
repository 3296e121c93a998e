/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_TRANSCRIPT_PARTS_H
#define SIM_TRANSCRIPT_PARTS_H

/* transcript_parts - what the reader's files share.  Private to transcript.c. */

#include "sim/transcript/transcript.h"

struct reader {
	struct transcript *t;
	const struct transcript_loader *loader;
	struct text *why;
	const char *file; /* owned by t */
	unsigned line;
	int depth;       /* of includes */
	size_t packet;   /* the step an M< line would answer; t->steps: none */
	bool where_told; /* *why already says where */
};

/* One line of a session, its front taken apart: `2 M3> MAIL`. */
struct front {
	unsigned conn, repeat;
	char side; /* C S M */
	int milter;
	char what; /* : = ! > < */
	struct slice rest;
};

/* Room for one more of `size` bytes in an array; false: *why says it. */
bool reader_room(struct reader *r, void *array, size_t used, size_t *room, size_t size);

/* Appends what `s` holds to *ret, which the step will own. */
bool reader_keep(struct reader *r, struct text *ret, struct slice s);

/* A session line; false: *why says what is wrong, without file and line. */
bool reader_session_line(struct reader *r, struct slice line);

/* All lines of one file. */
bool reader_source(struct reader *r, const char *name, struct slice source);

#endif
