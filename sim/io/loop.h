/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_LOOP_H
#define SIM_LOOP_H

/*
 * loop - waits for sockets and clocks, in one thread.
 *
 * A watch names a file descriptor and what its owner waits for; a timer names a
 * moment.  Both are members of their owner's struct: the loop never allocates
 * for them.  Inside a callback any watch or timer may be changed or taken away,
 * the calling one too.  Watches that are ready at once are called in the order in
 * which they were added, timers of one moment in that in which they were set.  Time is
 * monotonic, in milliseconds, never 0; it is the world's, unless loop_pace() says more.
 *
 * Built on epoll(7): a turn costs what is ready, however many are waited for.  One
 * loop belongs to one thread; loop_stop() alone may be called from a signal handler
 * or another thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct loop;

struct watch {
	int fd;       /* -1: not in a loop */
	short events; /* POLLIN, POLLOUT; may be 0; inside a loop by loop_want() */
	void (*ready)(void *self, short revents);
	void *self;
	uint64_t turn; /* the loop's */
};

struct timer {
	uint64_t at; /* 0: not set */
	void (*fire)(void *self);
	void *self;
	uint64_t turn; /* these two are the loop's */
	size_t slot;
};

/* NULL when memory or descriptors are out. */
struct loop *loop_new(void);
void loop_free(struct loop *l);

enum { LOOP_AT_ONCE = 0, LOOP_PACE_MAX = 1000 };

/*
 * How fast the loop's time goes, before any timer is set: so many times as fast as the
 * world's, 1 to LOOP_PACE_MAX; or LOOP_AT_ONCE: it stands still while something is
 * ready, and jumps to the next timer when nothing is.  That is for a loop that holds
 * both ends of all of its sockets, as nobody outside would notice a jump.
 */
void loop_pace(struct loop *l, unsigned pace);

uint64_t loop_now(const struct loop *l);

/* False when memory is out.  `w->fd`, `events`, `ready` and `self` must be set. */
bool loop_watch(struct loop *l, struct watch *w) __attribute__((warn_unused_result));
/* What is waited for from now on; of a watch that is in no loop, later. */
void loop_want(struct loop *l, struct watch *w, short events);
void loop_unwatch(struct loop *l, struct watch *w); /* does not close */
void loop_close(struct loop *l, struct watch *w);   /* does; fd is then -1 */

/* Sets, moves or (at == 0) takes away a timer.  False when memory is out. */
bool loop_set(struct loop *l, struct timer *t, uint64_t at);

/* Until loop_stop(), which may also have come before. */
void loop_run(struct loop *l);
void loop_stop(struct loop *l);

#endif
