/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_COMMANDS_STOP_H
#define SIM_COMMANDS_STOP_H

/*
 * stop - SIGTERM and SIGINT end a subcommand that serves: the first in good order,
 * 5 s at most, a second one at once.  SIGPIPE is ignored.
 *
 * One a process.
 */

#include "sim/io/loop.h"

struct stop {
	struct loop *loop;
	void (*ask)(void *self); /* the first one: whoever is through calls stop_now() */
	void *self;

	struct watch signals;
	struct timer patience;
	unsigned asked; /* how often */
};

/* False: no pipe, or no memory.  The first three members are set; it must stay. */
bool stop_take_signals(struct stop *s);

/* `self` is a struct stop: its loop_run() returns. */
void stop_now(void *self);

#endif
