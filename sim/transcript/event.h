/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_TRANSCRIPT_EVENT_H
#define SIM_TRANSCRIPT_EVENT_H

/*
 * event - one thing that happened on a wire, whoever saw it.
 *
 * The server's sessions, a played milter and a play that speaks as the MTA all
 * tell what they see in this one struct, to whoever looks: three printers turn
 * it into a transcript, into a line of JSON, or into words for a person.
 *
 * Bytes are as they were and are decoded only by who wants to read them.  They
 * belong to the teller and are valid during the call: who keeps an event copies
 * them.
 */

#include <stdint.h>

#include "base/text.h"
#include "wire/rules.h"

enum event_what {
	EVENT_OPEN,     /* a connection; bytes: who or where, may be empty */
	EVENT_CLIENT,   /* SMTP: bytes as sent by the client, whole lines or not */
	EVENT_SERVER,   /* the same, from the server */
	EVENT_PACKET,   /* milter: to, letter, bytes are the payload */
	EVENT_RAW,      /* milter: to, bytes outside any whole packet */
	EVENT_BREACH,   /* milter: a rule was broken by the packet before this */
	EVENT_NOTE,     /* bytes: words for a person */
	EVENT_DELIVERY, /* bytes: where a message went */
	EVENT_CLOSE,    /* the connection is over; bytes: how, may be empty */
};

#define EVENT_NO_FILTER ((size_t)-1)

struct event {
	uint64_t ms; /* monotonic, any origin; 0: not told */
	enum event_what what;
	unsigned long conn;          /* from 1 */
	size_t filter;               /* from 0; EVENT_NO_FILTER: of none */
	enum direction to;           /* EVENT_PACKET, EVENT_RAW */
	char letter;                 /* EVENT_PACKET */
	struct slice bytes;          /* borrowed */
	const struct breach *breach; /* EVENT_BREACH, borrowed */
};

/* Who looks; `tell` may be NULL: nobody does. */
struct event_sink {
	void (*tell)(void *self, const struct event *e);
	void *self;
};

static inline void
event_tell(const struct event_sink *s, const struct event *e)
{
	if (s->tell != NULL)
		s->tell(s->self, e);
}

/*
 * Appends the event as lines of a transcript, with LF: C: S: M> M< and, for what
 * is no line of a session, a comment.  The second and later connections and
 * filters have their numbers.
 */
void event_transcript(struct text *out, const struct event *e);

#endif
