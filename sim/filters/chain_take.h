/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_CHAIN_TAKE_H
#define SIM_CHAIN_TAKE_H

/* chain_take - what a milter's packet means where it comes.  Private to chain.c. */

#include "sim/filters/chain.h"

enum take {
	TAKE_MORE,  /* a modification, progress: the answer is still to come */
	TAKE_GO,    /* no objection: this filter's next packet */
	TAKE_LEAVE, /* this filter has no more to say to this event */
	TAKE_STOP,  /* chain.outcome is set, nobody else is asked */
	TAKE_FAULT, /* the filter broke the protocol; it has been noted */
	/* The same, but the client hears of it only at its next command. */
	TAKE_LATE_FAULT,
};

/* One packet in answer to chain.step from the filter whose turn it is. */
enum take chain_take(struct chain *c, struct filter *f, const struct frame *frame);

#endif
