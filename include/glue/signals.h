/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GLUE_SIGNALS_H
#define GLUE_SIGNALS_H

/*
 * signals - what somebody wants of the process, taken by the main thread.
 *
 * SIGHUP and SIGUSR1 mean reload, SIGTERM and SIGINT mean end.  Handlers only
 * set a flag and write a byte into a pipe, so nothing is missed between two
 * looks, however many come, and nothing happens inside a handler.  All calls
 * from the main thread.
 */

#include <signal.h>
#include <stdbool.h>

/* Means nothing: it ends a wait of the thread that it is sent to, pthread_kill(3). */
#define SIGNALS_WAKE SIGUSR2

struct wishes {
	bool reload, end;
};

/* Call before threads start.  False when there is no pipe to be had. */
bool signals_catch(void);

/* Waits at most that long for a signal; what has come since the last call. */
struct wishes signals_wait(int milliseconds);

#endif
