/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_TRACE_H
#define SIM_TRACE_H

/*
 * trace - what was said in a session, both dialogues, in the order it happened.
 *
 * The server hands every line of SMTP and every packet to an observer.  One
 * observer is here, which prints them for a person:
 *
 *	[1] C: MAIL FROM:<Smith@bar.com>
 *	[1] M> MACRO MAIL i=6AN8E35a000047 {mail_addr}=Smith@bar.com
 *	[1] M> MAIL <Smith@bar.com>
 *	[1] M< CONTINUE
 *	[1] S: 250 OK
 *
 * With several filters M is followed by the filter's number, from 1.
 */

#include <stdio.h>

#include "base/slice.h"
#include "wire/protocol.h"

enum trace_what {
	TRACE_CLIENT,   /* bytes: a line without its CRLF */
	TRACE_SERVER,   /* the same, from us */
	TRACE_PACKET,   /* filter, to, letter, bytes: the payload */
	TRACE_NOTE,     /* bytes: what a person should know; filter or NO_FILTER */
	TRACE_DELIVERY, /* bytes: where a message went */
	TRACE_OPEN,     /* bytes: who connected */
	TRACE_CLOSE,
};

#define NO_FILTER ((size_t)-1)

struct trace_event {
	enum trace_what what;
	unsigned long session; /* from 1 */
	size_t filter;         /* from 0 */
	enum direction to;
	char letter;
	struct slice bytes;
};

/* `event` may be NULL: nobody looks. */
struct trace {
	void (*event)(void *self, const struct trace_event *e);
	void *self;
};

struct trace_printer {
	FILE *to;
	size_t filters; /* how many there are */
};

/* A trace.event; self is a struct trace_printer.  One line each, flushed. */
void trace_print(void *self, const struct trace_event *e);

#endif
