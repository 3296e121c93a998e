/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_WORKERS_H
#define STORE_WORKERS_H

/*
 * workers - threads for look-ups that may hang: a dead file server, a name
 * service that does not answer.
 *
 * A thread that waits for a dead file server cannot be stopped.  So a look-up
 * runs in a thread that may be lost, and whoever needs the answer waits for it
 * no longer than he wants to.  The answer of a late job is not lost: its run()
 * puts it where the next one will find it.
 *
 * Every job belongs to a group, a thing that may die as a whole (a directory
 * of homes, a server).  One group gets at most three quarters of the threads.
 * A group that missed GROUP_MISSES times in a row is waited for only
 * IMPATIENT_MS until one of its jobs ends well again; the hanging jobs are the
 * probes.  Two jobs with one key are one job: the second waits for the first.
 *
 * All functions are thread-safe.
 */

#include <pthread.h>
#include <stdbool.h>

enum { GROUP_MISSES = 4, IMPATIENT_MS = 50, GROUP_NAME_MAX = 127, JOB_KEY_MAX = 400 };

struct job {
	/* Set by whoever makes the job; constant then. */
	bool (*run)(struct job *job);  /* false: it ran into its own time limit */
	void (*drop)(struct job *job); /* frees it, ended or never begun */
	char group[GROUP_NAME_MAX + 1];
	char key[JOB_KEY_MAX + 1];

	/* Of workers.c alone. */
	pthread_cond_t ended;
	unsigned users;
	bool done;
	struct group *in;
	struct job *next, *next_waiting;
};

enum asked {
	ASKED_DONE, /* the job has ended: its results may be read */
	ASKED_LATE, /* it still runs */
	ASKED_BUSY, /* it was not begun: no thread for it */
};

/* At most `threads`, which come when needed and go when idle.  NULL: no memory. */
struct workers *workers_new(unsigned threads);

/*
 * Runs *job and waits for its end, at most `limit_ms`.  *job becomes the job
 * that ran, which may be an equal one begun earlier.  After DONE its results
 * are constant.  The caller gives it back by workers_release() in all cases.
 */
enum asked workers_ask(struct workers *w, struct job **job, unsigned limit_ms);
void workers_release(struct workers *w, struct job *job);

/*
 * No more jobs.  `last` is called when the last thread has left, which may be
 * during the call or never, and frees what the jobs use.
 */
void workers_close(struct workers *w, void (*last)(void *self), void *self);

#endif
