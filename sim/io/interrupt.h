/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_INTERRUPT_H
#define SIM_INTERRUPT_H

/*
 * interrupt - somebody wants this to end: ^C, TERM, or the terminal is gone.
 *
 * The first one asks for an end in good order: what is under way is finished or
 * broken off, what was found is shown, what was started is ended.  The second one
 * does not wait for any of that.  No signal ends the program by itself, so that
 * nothing of ours, a milter or a socket's file, is left behind.
 *
 * One count for the process, as signals are; any thread may ask for it, and one
 * loop may be told.
 */

#include "sim/io/loop.h"

enum { INTERRUPT_LOOK_MS = 100 }; /* how often a wait that is no loop looks */

struct interrupt {
	void (*came)(void *self); /* at each of them, as soon as the loop has a turn */
	void *self;

	struct watch watch; /* the rest is its own */
};

/* Takes INT, TERM and HUP, unless the caller was told to ignore HUP; ignores PIPE. */
void interrupt_take(void);

/*
 * The same, and `i`, whose first two members are set, is told in that loop from now
 * on; both must stay.  False: no pipe, or no memory.
 */
bool interrupt_watch(struct loop *l, struct interrupt *i)
    __attribute__((warn_unused_result));

/* How often, so far; not beyond two. */
unsigned interrupt_count(void);

/* An exit code that says so: 128 and the number of the first signal, as shells do. */
int interrupt_exit(void);

/* milter_play's stop; self does not matter. */
bool interrupt_came(void *self);

#endif
