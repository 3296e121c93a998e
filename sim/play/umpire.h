/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PLAY_UMPIRE_H
#define SIM_PLAY_UMPIRE_H

/*
 * umpire - the rules held against a puppet and the MTA that came to it.
 *
 * Our own server judges its connections itself.  An MTA elsewhere does not, so
 * whatever passes between it and a puppet is shown to a struct umpire, one for each
 * connection.  What the puppet sends as raw bytes is put together to packets first.
 *
 * Pure but for memory.
 */

#include "sim/transcript/event.h"
#include "wire/judge.h"

struct umpire {
	struct judge judge;
	struct text raw; /* of the puppet's, not yet a packet */
	bool deaf;       /* its bytes cannot be cut into packets any more */
};

void umpire_init(struct umpire *u);
void umpire_clear(struct umpire *u);

/*
 * One EVENT_PACKET or EVENT_RAW of either side; other events are passed over.
 * Every breach is told to the sink, with the event's connection and filter.
 */
void umpire_see(struct umpire *u, const struct event *e, const struct event_sink *sink);

#endif
