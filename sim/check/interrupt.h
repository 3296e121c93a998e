/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_CHECK_INTERRUPT_H
#define SIM_CHECK_INTERRUPT_H

/*
 * interrupt - somebody wants this to end: ^C, TERM, or the terminal is gone.
 *
 * Once: what is under way is broken off, what was found is shown, and milters
 * that were started are ended.  Twice: those are not waited for any more.  The
 * program itself ends no earlier, so that no milter of ours is left behind.
 *
 * One count for the process, as signals are; any thread may ask.
 */

#include <stdbool.h>

enum { INTERRUPT_LOOK_MS = 100 }; /* how often a wait looks */

/* Takes INT, TERM and HUP, unless the caller was told to ignore HUP; ignores PIPE. */
void interrupt_take(void);

/* How often, so far. */
unsigned interrupt_count(void);

/* An exit code that says so: 128 and the number of the first signal, as shells do. */
int interrupt_exit(void);

/* milter_play's stop; self does not matter. */
bool interrupt_came(void *self);

#endif
