/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_GROUP_SYNC_H
#define STORE_GROUP_SYNC_H

/*
 * group_sync - one fsync of a directory for everybody who waits for one.
 *
 * A rename is durable once an fsync of its directory has *begun after* it and
 * ended well.  While one fsync runs, all who come wait; the first of them then
 * does the next one for all of them.  So the promise is the same as with an
 * fsync each, and twenty connections cost two at a time.
 *
 * A failure is given to everyone whom that fsync stood for: Linux reports a
 * write error once, and a later success would not mean that it was undone.
 */

#include <pthread.h>
#include <stdbool.h>

struct group_sync {
	pthread_mutex_t lock;
	pthread_cond_t finished;
	struct sync_waiter *waiting;
	bool busy;
	int fd[2]; /* both are synced, in this order */
};

void group_sync_init(struct group_sync *g, int first, int second);
void group_sync_clear(struct group_sync *g); /* nobody may be waiting */

/* 0, or the errno of the fsync that stood for this call. */
int group_sync_wait(struct group_sync *g);

#endif
