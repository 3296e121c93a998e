/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_CHAIN_SEND_H
#define SIM_CHAIN_SEND_H

/* chain_send - which packet comes next, with its macros.  Private to chain.c. */

#include "sim/filters/chain.h"

/* The packet of an event that is one alone, which MOMENT_MESSAGE and MOMENT_OTHER are
 * not. */
enum packet_kind chain_single(enum moment moment);

/*
 * Moves chain.step and chain.place on to the filter's next packet of this
 * event; false when there is none left.
 */
bool chain_step(struct chain *c, struct filter *f);

/*
 * Queues macros and the packet of chain.step.  *ret_sent tells whether the
 * packet went out or was masked.  False: it does not fit, the filter failed.
 */
bool chain_send(struct chain *c, struct filter *f, bool *ret_sent);

/* What waits in the filter's buffer goes out. */
void chain_flush(struct chain *c, struct filter *f);

/* Queues what tells a filter of this ending, where it stands; false: nothing. */
bool chain_send_ending(struct chain *c, struct filter *f, enum ending ending);

#endif
