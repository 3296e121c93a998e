/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/clamd_watch.h"

#include <signal.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/thread.h"

enum {
	LINE_MAX_BYTES = 600,
	SOON_MS = 1000, /* between two looks at most so often, whatever messages see */
	AWAY_MS = 5000, /* a server that is away is looked for more often */
};

struct clamd_watch *
clamd_watch_new(
    const struct clamd_limits *limits, unsigned look_ms, const struct report *news)
{
	struct clamd_watch *w = calloc(1, sizeof *w);

	if (w == NULL)
		return NULL;
	w->limits = *limits;
	w->look_ms = look_ms;
	w->news = news;
	w->users = 1;
	if (pthread_mutex_init(&w->lock, NULL) == 0 && thread_cond_init(&w->wake))
		return w;
	free(w);
	return NULL;
}

static void
release(struct clamd_watch *w)
{
	pthread_mutex_lock(&w->lock);
	unsigned left = --w->users;
	pthread_mutex_unlock(&w->lock);
	if (left > 0)
		return;
	for (size_t i = 0; i < w->servers; i++)
		clamd_server_clear(&w->server[i]);
	(void)pthread_mutex_destroy(&w->lock);
	(void)pthread_cond_destroy(&w->wake);
	free(w);
}

static void
look_at(struct clamd_watch *w, struct clamd_server *s)
{
	struct text line = TEXT_INIT(LINE_MAX_BYTES);

	if (clamd_server_look(s, &w->limits, &line))
		report_say(w->news, atomic_load(&s->state) == CLAMD_UP ? "up" : "away",
		    text_cstr(&line));
	text_clear(&line);
}

static unsigned
until_next(const struct clamd_watch *w)
{
	for (size_t i = 0; i < w->servers; i++) {
		if (atomic_load(&w->server[i].state) == CLAMD_AWAY &&
		    w->look_ms > AWAY_MS)
			return AWAY_MS;
	}
	return w->look_ms;
}

/* True when it is time for a look, false at the end. */
static bool
rest(struct clamd_watch *w)
{
	const struct timespec soon = monotonic_after(SOON_MS);
	const struct timespec late = monotonic_after(until_next(w));
	int timed_out = 0;

	pthread_mutex_lock(&w->lock);
	while (!w->closing && timed_out == 0)
		timed_out = pthread_cond_timedwait(&w->wake, &w->lock, &soon);
	timed_out = 0;
	while (!w->closing && !w->asked && timed_out == 0)
		timed_out = pthread_cond_timedwait(&w->wake, &w->lock, &late);
	bool go_on = !w->closing;
	w->asked = false;
	pthread_mutex_unlock(&w->lock);
	return go_on;
}

static void *
watch(void *self)
{
	struct clamd_watch *w = self;

	do {
		for (size_t i = 0; i < w->servers; i++)
			look_at(w, &w->server[i]);
	} while (rest(w));
	release(w);
	return NULL;
}

static void
tell_blind(const struct clamd_watch *w, int error)
{
	struct text line = TEXT_INIT(LINE_MAX_BYTES);
	char buffer[128];

	text_printf(&line,
	    "no thread to look after clamd: %s; whether it answers shows with the "
	    "messages alone",
	    strerror_r(error, buffer, sizeof buffer));
	report_say(w->news, "trouble", text_cstr(&line));
	text_clear(&line);
}

/* Signals are the main thread's. */
void
clamd_watch_start(struct clamd_watch *w)
{
	pthread_t thread;
	sigset_t all, before;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	pthread_mutex_lock(&w->lock);
	int error = pthread_create(&thread, NULL, watch, w);
	if (error == 0) {
		w->users++;
		(void)pthread_detach(thread);
	}
	pthread_mutex_unlock(&w->lock);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error != 0)
		tell_blind(w, error);
}

void
clamd_watch_ask(struct clamd_watch *w)
{
	pthread_mutex_lock(&w->lock);
	w->asked = true;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
}

void
clamd_watch_close(struct clamd_watch *w)
{
	if (w == NULL)
		return;
	pthread_mutex_lock(&w->lock);
	w->closing = true;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
	release(w);
}
