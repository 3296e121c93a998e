/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_RECORD_STORY_H
#define SIM_RECORD_STORY_H

/*
 * story - a recording as masked lines of a transcript, wire by wire.
 *
 * SMTP that came in pieces is put together first: where a read ended is nobody's
 * doing.  That a connection began or ended is no line, how it ended is.  Pure but
 * for memory.
 */

#include "sim/record/mask.h"
#include "sim/record/recording_file.h"

struct story_line {
	size_t wire; /* of story.wire */
	size_t line; /* of the file */
	size_t at, len;
};

enum { STORY_WIRES = 1000, STORY_NO_LINE = -1 };

struct story {
	struct event *wire; /* any event of each, in the order in which they begin */
	size_t wires, wires_room;
	struct story_line *line;
	size_t lines, lines_room;
	struct text bytes;
	struct mask_state masks;
};

/* False: *why.  The recording must outlive it; story_clear() in every case. */
bool story_tell(
    struct story *s, const struct recording *r, const struct masks *m, struct text *why);
void story_clear(struct story *s);

/* The wire that this one is in another story; story.wires: it has none. */
size_t story_find(const struct story *s, const struct event *wire);

/*
 * The next line of that wire from line number `from` on, and the one before it;
 * STORY_NO_LINE where there is none.
 */
long story_next(const struct story *s, size_t wire, size_t from);
long story_before(const struct story *s, size_t wire, size_t line);

struct slice story_words(const struct story *s, size_t line);

#endif
