/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_CHAIN_CLOCK_H
#define SIM_CHAIN_CLOCK_H

/* chain_clock - which limit of T= bounds a wait.  Private to chain.c. */

#include "sim/filters/chain.h"

/* When a limit of so many milliseconds from now ends; 0 for no limit. */
uint64_t chain_limit(const struct chain *c, long ms);

/* The clock of an answer starts: R, in the end of message bounded by E. */
void chain_wait(struct chain *c, const struct filter *f);

/* The clock of bytes that its socket does not take starts, unless one goes: S. */
void chain_wait_for_room(struct chain *c, const struct filter *f);

#endif
