/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_COMMANDS_STOP_H
#define SIM_COMMANDS_STOP_H

/*
 * stop - how a subcommand that serves ends when it is interrupted: the first time in
 * good order, 5 s at most, the second time at once.
 */

#include "sim/io/interrupt.h"

struct stop {
	struct loop *loop;
	void (*ask)(void *self); /* the first time: whoever is through calls stop_now() */
	void *self;

	struct interrupt interrupt;
	struct timer patience;
};

/* False: no pipe, or no memory.  The first three members are set; it must stay. */
bool stop_take_signals(struct stop *s);

/* `self` is a struct stop: its loop_run() returns. */
void stop_now(void *self);

#endif
