/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/io/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/array.h"
#include "base/clock.h"

struct loop {
	struct watch **watch; /* slots; NULL where one was taken away */
	struct timer **timer;
	struct pollfd *poll;
	size_t watches, watch_cap, timers, timer_cap, poll_cap;
	volatile sig_atomic_t stop;
	int wake[2];
	uint64_t now;
};

static uint64_t
clock_ms(void)
{
	return (uint64_t)monotonic_ms() + 1; /* 0 is a timer that is not set */
}

uint64_t
loop_now(const struct loop *l)
{
	return l->now;
}

/* A running loop asks for no memory: who cannot be waited for is told at once. */
static bool
poll_room(struct loop *l, size_t watches)
{
	while (l->poll_cap < watches + 1) {
		if (!array_room(&l->poll, l->poll_cap, &l->poll_cap, sizeof *l->poll))
			return false;
	}
	return true;
}

struct loop *
loop_new(void)
{
	struct loop *l = calloc(1, sizeof *l);

	if (l == NULL)
		return NULL;
	if (!poll_room(l, 0) || pipe2(l->wake, O_NONBLOCK | O_CLOEXEC) == -1) {
		free(l->poll);
		free(l);
		return NULL;
	}
	l->now = clock_ms();
	return l;
}

void
loop_free(struct loop *l)
{
	if (l == NULL)
		return;
	close(l->wake[0]);
	close(l->wake[1]);
	free(l->watch);
	free(l->timer);
	free(l->poll);
	free(l);
}

bool
loop_watch(struct loop *l, struct watch *w)
{
	if (!array_room(&l->watch, l->watches, &l->watch_cap, sizeof *l->watch) ||
	    !poll_room(l, l->watches + 1))
		return false;
	w->slot = l->watches;
	l->watch[l->watches++] = w;
	return true;
}

void
loop_unwatch(struct loop *l, struct watch *w)
{
	if (w->fd == -1)
		return;
	l->watch[w->slot] = NULL;
	w->fd = -1;
}

void
loop_close(struct loop *l, struct watch *w)
{
	int fd = w->fd;

	loop_unwatch(l, w);
	if (fd != -1)
		(void)close(fd);
}

bool
loop_set(struct loop *l, struct timer *t, uint64_t at)
{
	if (t->at == 0 && at != 0) {
		if (!array_room(&l->timer, l->timers, &l->timer_cap, sizeof *l->timer))
			return false;
		t->slot = l->timers;
		l->timer[l->timers++] = t;
	} else if (t->at != 0 && at == 0) {
		l->timer[t->slot] = l->timer[--l->timers];
		l->timer[t->slot]->slot = t->slot;
	}
	t->at = at;
	return true;
}

/* Closes the gaps that loop_unwatch() left. */
static void
compact(struct loop *l)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->watches; i++) {
		if (l->watch[i] == NULL)
			continue;
		l->watch[i]->slot = kept;
		l->watch[kept++] = l->watch[i];
	}
	l->watches = kept;
}

static int
poll_timeout(const struct loop *l)
{
	uint64_t first = 0;

	for (size_t i = 0; i < l->timers; i++) {
		if (first == 0 || l->timer[i]->at < first)
			first = l->timer[i]->at;
	}
	if (first == 0)
		return -1;
	if (first <= l->now)
		return 0;
	return first - l->now > 60000 ? 60000 : (int)(first - l->now);
}

/* Slot i of `watch` is entry i + 1 of `poll`; entry 0 is the wake pipe. */
static void
fill_poll(struct loop *l)
{
	l->poll[0] = (struct pollfd){ .fd = l->wake[0], .events = POLLIN };
	for (size_t i = 0; i < l->watches; i++)
		l->poll[i + 1] = (struct pollfd){ .fd = l->watch[i]->fd,
			.events = l->watch[i]->events };
}

static void
call_watches(struct loop *l, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct watch *w = l->watch[i];
		if (w != NULL && l->poll[i + 1].revents != 0)
			w->ready(w->self, l->poll[i + 1].revents);
	}
}

/* A callback may change the list: begin again after each. */
static void
call_timers(struct loop *l)
{
	for (size_t i = 0; i < l->timers; i++) {
		struct timer *t = l->timer[i];
		if (t->at > l->now)
			continue;
		(void)loop_set(l, t, 0);
		t->fire(t->self);
		i = (size_t)-1;
	}
}

void
loop_run(struct loop *l)
{
	while (!l->stop) {
		compact(l);
		fill_poll(l);
		size_t count = l->watches;
		l->now = clock_ms();
		int n = poll(l->poll, count + 1, poll_timeout(l));
		l->now = clock_ms();
		if (n == -1 && errno != EINTR)
			return;
		if (n > 0)
			call_watches(l, count);
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
