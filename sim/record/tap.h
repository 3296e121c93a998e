/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_RECORD_TAP_H
#define SIM_RECORD_TAP_H

/*
 * tap - the bytes of one direction of a milter connection, as events.
 *
 * Bytes go in as they come; each whole packet is told, and what is none as raw
 * bytes: behind a length that no packet has, nothing is a packet any more.  Holds
 * one packet at most.  Pure but for memory; without it the rest of the direction
 * is told raw.
 */

#include "sim/transcript/event.h"

struct tap {
	enum direction to;
	struct text kept; /* a packet that has begun */
	bool lost;        /* no packets any more */
};

void tap_init(struct tap *t, enum direction to);
void tap_clear(struct tap *t);

/* Only `what`, `to`, `letter` and `bytes` of the events are set. */
void tap_bytes(struct tap *t, struct slice bytes, const struct event_sink *sink);

/* The direction is over: tells what has begun and will not be whole. */
void tap_end(struct tap *t, const struct event_sink *sink);

#endif
