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
	/* Blocks that repeat, the innermost last. */
	struct slice counter[TRANSCRIPT_BLOCKS];
	unsigned count[TRANSCRIPT_BLOCKS];
	int blocks, blocks_outside; /* of which outside this file */
	unsigned long *lines;       /* read so far, in all files */
};

/* One line of a session, its front taken apart: `2 M3> MAIL`. */
struct front {
	unsigned conn, repeat;
	unsigned piece;
	char side; /* C S M R */
	int milter;
	char what; /* : = ! > < | */
	struct slice rest;
};

/* Room for one more of `size` bytes in an array; false: *why says it. */
bool reader_room(struct reader *r, void *array, size_t used, size_t *room, size_t size);

/* Appends what `s` holds to *ret, which the step will own. */
bool reader_keep(struct reader *r, struct text *ret, struct slice s);

/* Digits in front of *rest, 1 to max; nothing there leaves *ret alone. */
bool reader_number(
    struct reader *r, struct slice *rest, unsigned long max, unsigned *ret);

/* One more step, of this line; NULL: *why. */
struct step *reader_step(struct reader *r, const struct front *f, enum step_kind kind);

/* `M< on COMMAND: ACTION`. */
bool reader_rule(struct reader *r, const struct front *f);

/* A line of the head; *ret_is false: it is none. */
bool reader_head(struct reader *r, struct slice line, bool *ret_is);

/* A line of a session that speaks to a milter. */
bool reader_mta_line(struct reader *r, struct slice line);

/* A session line; false: *why says what is wrong, without file and line. */
bool reader_session_line(struct reader *r, struct slice line);

/* All lines of one file. */
bool reader_source(struct reader *r, const char *name, struct slice source);

#endif
