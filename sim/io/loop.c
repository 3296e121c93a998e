/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/io/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/array.h"
#include "base/clock.h"

_Static_assert(EPOLLIN == POLLIN && EPOLLOUT == POLLOUT && EPOLLERR == POLLERR &&
		   EPOLLHUP == POLLHUP,
    "owners speak of POLLIN, the kernel of EPOLLIN");

enum { READY_MAX = 64 }; /* taken from the kernel at once; the rest is not lost */

struct loop {
	int epoll, wake[2];
	struct epoll_event ready[READY_MAX]; /* data.ptr: a watch; NULL: nobody's */
	int count, at;                       /* of `ready`, and which is being called */
	struct timer **timer;                /* a heap, the next one on top */
	size_t timers, timer_cap;
	uint64_t now, turn; /* turn: of what was added or set last */
	uint64_t began;     /* on the world's clock, when our pace did */
	unsigned pace;
	volatile sig_atomic_t stop;
};

static uint64_t
clock_ms(void)
{
	return (uint64_t)monotonic_ms() + 1; /* 0 is a timer that is not set */
}

static void
look_at_clock(struct loop *l)
{
	if (l->pace != LOOP_AT_ONCE)
		l->now = l->began + (clock_ms() - l->began) * l->pace;
}

void
loop_pace(struct loop *l, unsigned pace)
{
	l->began = l->now;
	l->pace = pace;
}

uint64_t
loop_now(const struct loop *l)
{
	return l->now;
}

static bool
control(struct loop *l, int how, int fd, short events, struct watch *w)
{
	struct epoll_event e = { .events = (uint32_t)(unsigned short)events,
		.data.ptr = w };

	return epoll_ctl(l->epoll, how, fd, &e) == 0;
}

/* --- beginning and end --- */

static bool
open_descriptors(struct loop *l)
{
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (l->epoll == -1)
		return false;
	if (pipe2(l->wake, O_NONBLOCK | O_CLOEXEC) == -1) {
		(void)close(l->epoll);
		return false;
	}
	if (control(l, EPOLL_CTL_ADD, l->wake[0], POLLIN, NULL))
		return true;
	(void)close(l->wake[0]);
	(void)close(l->wake[1]);
	(void)close(l->epoll);
	return false;
}

struct loop *
loop_new(void)
{
	struct loop *l = calloc(1, sizeof *l);

	if (l == NULL)
		return NULL;
	if (!open_descriptors(l)) {
		free(l);
		return NULL;
	}
	l->now = clock_ms();
	loop_pace(l, 1);
	return l;
}

void
loop_free(struct loop *l)
{
	if (l == NULL)
		return;
	(void)close(l->epoll);
	(void)close(l->wake[0]);
	(void)close(l->wake[1]);
	free(l->timer);
	free(l);
}

/* --- watches --- */

bool
loop_watch(struct loop *l, struct watch *w)
{
	w->turn = ++l->turn;
	return control(l, EPOLL_CTL_ADD, w->fd, w->events, w);
}

void
loop_want(struct loop *l, struct watch *w, short events)
{
	bool same = w->events == events;

	w->events = events;
	if (w->fd != -1 && !same)
		(void)control(l, EPOLL_CTL_MOD, w->fd, events, w);
}

void
loop_unwatch(struct loop *l, struct watch *w)
{
	if (w->fd == -1)
		return;
	(void)control(l, EPOLL_CTL_DEL, w->fd, 0, w);
	w->fd = -1;
	for (int i = l->at + 1; i < l->count; i++) { /* it may be ready, and gone */
		if (l->ready[i].data.ptr == w)
			l->ready[i].data.ptr = NULL;
	}
}

void
loop_close(struct loop *l, struct watch *w)
{
	int fd = w->fd;

	loop_unwatch(l, w);
	if (fd != -1)
		(void)close(fd);
}

/* --- timers --- */

static bool
before(const struct timer *a, const struct timer *b)
{
	return a->at != b->at ? a->at < b->at : a->turn < b->turn;
}

static void
put(struct loop *l, size_t slot, struct timer *t)
{
	l->timer[slot] = t;
	t->slot = slot;
}

/* The timer of a slot goes to where it belongs. */
static void
sift(struct loop *l, size_t slot)
{
	struct timer *t = l->timer[slot];
	size_t child;

	for (; slot > 0 && before(t, l->timer[(slot - 1) / 2]); slot = (slot - 1) / 2)
		put(l, slot, l->timer[(slot - 1) / 2]);
	while ((child = 2 * slot + 1) < l->timers) {
		if (child + 1 < l->timers && before(l->timer[child + 1], l->timer[child]))
			child++;
		if (before(t, l->timer[child]))
			break;
		put(l, slot, l->timer[child]);
		slot = child;
	}
	put(l, slot, t);
}

static void
take_away(struct loop *l, struct timer *t)
{
	struct timer *last = l->timer[--l->timers];

	t->at = 0;
	if (last == t)
		return;
	put(l, t->slot, last);
	sift(l, t->slot);
}

bool
loop_set(struct loop *l, struct timer *t, uint64_t at)
{
	if (at == 0) {
		if (t->at != 0)
			take_away(l, t);
		return true;
	}
	if (t->at == 0) {
		if (!array_room(&l->timer, l->timers, &l->timer_cap, sizeof *l->timer))
			return false;
		put(l, l->timers++, t);
	}
	t->at = at;
	t->turn = ++l->turn;
	sift(l, t->slot);
	return true;
}

/* --- turns --- */

static int
wait_ms(const struct loop *l)
{
	uint64_t first = l->timers > 0 ? l->timer[0]->at : 0;

	if (first == 0)
		return -1;
	if (first <= l->now || l->pace == LOOP_AT_ONCE)
		return 0;
	uint64_t left = (first - l->now + l->pace - 1) / l->pace;
	return left > 60000 ? 60000 : (int)left;
}

/* Nothing is ready: nothing will be, until a timer makes it so. */
static void
jump(struct loop *l)
{
	if (l->pace == LOOP_AT_ONCE && l->timers > 0 && l->timer[0]->at > l->now)
		l->now = l->timer[0]->at;
}

static uint64_t
turn_of(const struct epoll_event *e)
{
	const struct watch *w = e->data.ptr;

	return w != NULL ? w->turn : 0;
}

/* By insertion: they are few, and mostly in order. */
static void
sort_ready(struct loop *l)
{
	for (int i = 1; i < l->count; i++) {
		struct epoll_event e = l->ready[i];
		int to = i;
		for (; to > 0 && turn_of(&l->ready[to - 1]) > turn_of(&e); to--)
			l->ready[to] = l->ready[to - 1];
		l->ready[to] = e;
	}
}

static void
call_watches(struct loop *l)
{
	sort_ready(l);
	for (l->at = 0; l->at < l->count; l->at++) {
		const struct epoll_event *e = &l->ready[l->at];
		struct watch *w = e->data.ptr;
		if (w != NULL)
			w->ready(w->self, (short)e->events);
	}
	l->count = 0;
}

static void
call_timers(struct loop *l)
{
	while (l->timers > 0 && l->timer[0]->at <= l->now) {
		struct timer *t = l->timer[0];
		take_away(l, t);
		t->fire(t->self);
	}
}

void
loop_run(struct loop *l)
{
	while (!l->stop) {
		look_at_clock(l);
		int n = epoll_wait(l->epoll, l->ready, READY_MAX, wait_ms(l));
		look_at_clock(l);
		if (n == -1 && errno != EINTR)
			return;
		if (n == 0)
			jump(l);
		l->count = n > 0 ? n : 0;
		call_watches(l);
		call_timers(l);
	}
}

void
loop_stop(struct loop *l)
{
	int kept = errno;

	l->stop = 1;
	if (write(l->wake[1], "", 1) == -1)
		errno = kept; /* full: it wakes anyway */
	errno = kept;
}
