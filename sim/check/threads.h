/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_CHECK_THREADS_H
#define SIM_CHECK_THREADS_H

/*
 * threads - what Linux tells of each thread of another process, proc(5).
 *
 * A process is over when its last thread is: main() may have left by pthread_exit()
 * while the others serve on.  No state of its own; any thread may call it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct thread_look {
	char id[16];
	char state;               /* as ps(1) shows it: R, S, Z */
	bool exiting;             /* nothing brings it back any more */
	unsigned long long spent; /* of the processor, in clock ticks */
};

/* Looks at the thread that ret->id names.  False: it is gone, or nobody tells. */
bool thread_look(pid_t pid, struct thread_look *ret);

/* The first threads, `room` at most; how many: 0 too where nobody tells. */
size_t threads_look(pid_t pid, struct thread_look *ret, size_t room);

/* Have all ended, and only the parent has not asked for the status yet? */
bool threads_ended(pid_t pid);

/*
 * Are all about to end, or have ended?  The kernel closes what a process holds open
 * on its way out, so its peer may know of the end before waitpid(2) does.
 */
bool threads_exiting(pid_t pid);

#endif
