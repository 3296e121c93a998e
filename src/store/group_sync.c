/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/group_sync.h"

#include <errno.h>
#include <stddef.h>
#include <unistd.h>

struct sync_waiter { /* lives on the stack of who waits */
	struct sync_waiter *next;
	bool done;
	int error;
};

void
group_sync_init(struct group_sync *g, int first, int second)
{
	pthread_mutex_init(&g->lock, NULL);
	pthread_cond_init(&g->finished, NULL);
	g->waiting = NULL;
	g->busy = false;
	g->fd[0] = first;
	g->fd[1] = second;
}

void
group_sync_clear(struct group_sync *g)
{
	pthread_cond_destroy(&g->finished);
	pthread_mutex_destroy(&g->lock);
}

static int
sync_both(const int fd[2])
{
	return fsync(fd[0]) == 0 && fsync(fd[1]) == 0 ? 0 : errno;
}

/* Called and left with the lock held. */
static void
serve_all(struct group_sync *g)
{
	struct sync_waiter *batch = g->waiting;

	g->waiting = NULL;
	g->busy = true;
	pthread_mutex_unlock(&g->lock);
	int error = sync_both(g->fd);
	pthread_mutex_lock(&g->lock);
	g->busy = false;
	while (batch != NULL) {
		struct sync_waiter *next = batch->next; /* done: its stack may go */
		batch->error = error;
		batch->done = true;
		batch = next;
	}
	pthread_cond_broadcast(&g->finished);
}

int
group_sync_wait(struct group_sync *g)
{
	struct sync_waiter self = { 0 };

	pthread_mutex_lock(&g->lock);
	self.next = g->waiting;
	/* cppcheck-suppress autoVariables ; this frame outlives its place in the queue */
	g->waiting = &self;
	while (!self.done) {
		if (g->busy)
			pthread_cond_wait(&g->finished, &g->lock);
		else
			serve_all(g);
	}
	pthread_mutex_unlock(&g->lock);
	return self.error;
}
