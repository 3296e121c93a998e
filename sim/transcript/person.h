/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_TRANSCRIPT_PERSON_H
#define SIM_TRANSCRIPT_PERSON_H

/*
 * person - events for somebody who looks on.
 *
 *	1  C:  MAIL FROM:<Smith@bar.com>
 *	1  M>  MAIL <Smith@bar.com>
 *	1  M<  CONTINUE
 *	1  S:  250 OK
 *	1  C:  (20 lines of the message, 1532 bytes)
 *	1  S:  550 5.7.0 VIRUS FOUND
 *	1  !!  M1 breach reply/unasked: ...
 *
 * Columns: the connection, who speaks, what.  With several filters M is followed
 * by the filter's number.  Of a message only its size is shown, of a long packet
 * the beginning: what matters is the answer below it.  On a terminal refusals
 * and breaches are red, the milter's dialogue is dim.
 *
 * It remembers which connections are within DATA; one printer, one thread.
 */

#include <stdio.h>

#include "sim/transcript/event.h"

enum { PERSON_TALKS = 64 }; /* within DATA at once; more are shown line by line */

struct person {
	FILE *to;
	size_t filters; /* how many there are */
	bool colour;
	struct {
		unsigned long conn; /* 0: free */
		unsigned long lines, bytes;
	} data[PERSON_TALKS];
};

void person_init(struct person *p, FILE *to, size_t filters, bool colour);

/* One line, flushed; none for the lines of a message. */
void person_show(struct person *p, const struct event *e);

#endif
