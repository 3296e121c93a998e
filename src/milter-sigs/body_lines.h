/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MILTER_SIGS_BODY_LINES_H
#define MILTER_SIGS_BODY_LINES_H

/*
 * body_lines - the lines of a message's body, from a message in pieces.
 *
 * The header is skipped, up to its empty line.  A line is handed over without
 * its LF or CRLF; one that is longer than BODY_LINE_MAX is left out, since no
 * transport promises more than 998 (RFC 5322 2.1.1).  Constant memory, one
 * message after the other, one thread.
 */

#include "base/slice.h"

enum { BODY_LINE_MAX = 1000 };

struct body_lines {
	void (*line)(void *self, struct slice line, unsigned long number);
	void *self;
	unsigned long number; /* of the last line, from 1, the header included */
	bool in_body;
	bool too_long;
	size_t held;
	char part[BODY_LINE_MAX]; /* of a line that the last piece cut */
};

/* `line` and `self` must be set. */
void body_lines_begin(struct body_lines *b);
void body_lines_feed(struct body_lines *b, struct slice piece);
void body_lines_end(struct body_lines *b); /* hands over a last line without LF */

/* Where the body begins, for a message in pieces; starts as { .empty = true }. */
struct body_finder {
	bool in_body;
	bool empty; /* the header line so far */
};

/* The part of the piece that belongs to the body. */
struct slice body_finder_feed(struct body_finder *f, struct slice piece);

#endif
