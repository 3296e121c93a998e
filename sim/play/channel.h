/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PLAY_CHANNEL_H
#define SIM_PLAY_CHANNEL_H

/*
 * channel - what has gone over one milter connection of a play since the last line
 * that waited for it.
 *
 * Pure but for memory.
 */

#include "base/text.h"
#include "wire/protocol.h"

struct channel {
	unsigned since[N_PACKETS]; /* commands since the last M> line was met */
	bool ended;                /* the MTA closed it */
	const struct step *due;    /* the M> line whose answer is due, of a real milter */
	struct text last;          /* the last packet, for a person */
	struct text passed;        /* changes that were not what is awaited, the same */
};

void channel_init(struct channel *c);
void channel_clear(struct channel *c);

/* A command went to the milter; `shown` is its words, `kind` may be N_PACKETS. */
void channel_sent(struct channel *c, enum packet_kind kind, struct slice shown);

/* It was what an M> line waited for: counting begins anew. */
void channel_met(struct channel *c, const struct step *s);

/* A change came in place of the answer that is due. */
void channel_passed(struct channel *c, struct slice shown);

#endif
