/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_CHAIN_TURN_H
#define SIM_CHAIN_TURN_H

/* chain_turn - one filter's part in an event.  Private to chain.c. */

#include "sim/filters/chain.h"

enum turn {
	TURN_WAIT,  /* for this filter's socket */
	TURN_NEXT,  /* this filter is through with the event */
	TURN_AGAIN, /* ... with the negotiation, and has its event to come */
	TURN_STOP,  /* nobody else is asked */
};

/* As far as this filter gets without waiting. */
enum turn chain_turn(struct chain *c, struct filter *f);

/* Queues the MTA's OPTNEG for a filter that has just been connected. */
void chain_offer(struct chain *c, struct filter *f);

/* Nothing is asked of this filter: what it has said nevertheless is told of, once. */
void chain_check_silence(struct chain *c, struct filter *f);

/* Is it negotiated and still in the session? */
static inline bool
chain_has(const struct filter *f)
{
	return f->state == FILTER_OPEN || f->state == FILTER_IN_MESSAGE ||
	       f->state == FILTER_DONE;
}

#endif
