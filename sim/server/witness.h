/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_WITNESS_H
#define SIM_WITNESS_H

/*
 * witness - what happens in one session, told and held against the rules.
 *
 * Bytes of the client and the server are told as whole lines with their ends, so
 * that what is shown can be sent again.  Every packet of either side is told, then
 * judged (wire/judge.h); each rule that it broke is told behind it, and counted.
 *
 * Sees all and changes nothing.  One thread at a time, as its session.
 */

#include "sim/filters/chain.h"
#include "sim/io/loop.h"
#include "sim/transcript/event.h"
#include "wire/judge.h"

struct witness {
	const struct loop *loop; /* for the time */
	const struct event_sink *sink;
	unsigned long conn;
	unsigned long *breaches; /* the server's count */
	struct judge judge[FILTERS_MAX];
	struct text line; /* the client's, not complete yet */
	size_t told;      /* bytes of what the server has to say */
};

/* Loop, sink and count must outlive it. */
void witness_init(struct witness *w, const struct loop *loop,
    const struct event_sink *sink, unsigned long conn, size_t filters,
    unsigned long *breaches);
void witness_clear(struct witness *w);

/* The filters are met anew. */
void witness_renew(struct witness *w, size_t filters);

/* Anything but packets and breaches; `filter` may be EVENT_NO_FILTER. */
void witness_tell(
    struct witness *w, enum event_what what, size_t filter, struct slice bytes);

void witness_packet(struct witness *w, size_t filter, enum direction to, char letter,
    struct slice payload);

/* Bytes of a filter's that no packet begins with. */
void witness_bad_frame(struct witness *w, size_t filter, enum frame_status status);

/* A filter answered before it was asked; the next command will take that. */
void witness_early(struct witness *w, size_t filter, char letter);

/* The client sent this; a line too long for memory is told in parts. */
void witness_client(struct witness *w, struct slice bytes);

/* All that waits to be sent to the client: what is new in it is told ... */
void witness_server(struct witness *w, struct slice waiting);
/* ... and so much of it still waits. */
void witness_unsent(struct witness *w, size_t len);

#endif
