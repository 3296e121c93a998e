/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/workers.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/thread.h"

enum {
	GROUPS_MAX = 64,       /* further ones share the last */
	IDLE_SECONDS = 30,     /* then a thread goes */
	STACK_BYTES = 1 << 18, /* name service modules need some */
};

struct group {
	char name[GROUP_NAME_MAX + 1];
	unsigned running, misses;
};

struct workers {
	pthread_mutex_t lock;
	pthread_cond_t work; /* something is waiting, or closing */
	unsigned threads, most, idle;
	bool closing;
	struct job *waiting, **waiting_end; /* for threads that are on their way */
	unsigned pending;                   /* how many are waiting */
	struct job *running;                /* all that are not done, those included */
	struct group group[GROUPS_MAX];
	void (*last)(void *);
	void *last_self;
};

struct workers *
workers_new(unsigned threads)
{
	struct workers *w = calloc(1, sizeof *w);

	if (w == NULL)
		return NULL;
	(void)pthread_mutex_init(&w->lock, NULL);
	(void)thread_cond_init(&w->work);
	w->most = threads > 0 ? threads : 1;
	w->waiting_end = &w->waiting;
	return w;
}

static void
workers_free(struct workers *w)
{
	(void)pthread_mutex_destroy(&w->lock);
	(void)pthread_cond_destroy(&w->work);
	free(w);
}

static struct group *
group_of(struct workers *w, const char *name)
{
	struct group *unused = NULL;

	for (size_t i = 0; i < GROUPS_MAX; i++) {
		struct group *g = &w->group[i];
		if (strcmp(g->name, name) == 0)
			return g;
		if (g->running == 0 && (unused == NULL || g->misses < unused->misses))
			unused = g;
	}
	if (unused == NULL)
		return &w->group[GROUPS_MAX - 1];
	*unused = (struct group){ .running = 0 };
	memcpy(unused->name, name, strlen(name) + 1);
	return unused;
}

static void
release(struct job *job)
{
	if (--job->users > 0)
		return;
	(void)pthread_cond_destroy(&job->ended);
	job->drop(job);
}

static void
unlink_running(struct workers *w, struct job *job)
{
	struct job **at = &w->running;

	while (*at != job)
		at = &(*at)->next;
	*at = job->next;
}

/* Without the lock: the one place where this thread may be lost. */
static void
run(struct workers *w, struct job *job)
{
	(void)pthread_mutex_unlock(&w->lock);
	bool in_time = job->run(job);
	(void)pthread_mutex_lock(&w->lock);
	unlink_running(w, job);
	job->in->running--;
	if (in_time)
		job->in->misses = 0;
	else
		job->in->misses++;
	job->done = true;
	(void)pthread_cond_broadcast(&job->ended);
	release(job);
}

/* NULL: nothing came while one had to wait for it. */
static struct job *
next_job(struct workers *w)
{
	struct timespec until = monotonic_after(IDLE_SECONDS * 1000);

	w->idle++;
	while (w->waiting == NULL && !w->closing) {
		if (pthread_cond_timedwait(&w->work, &w->lock, &until) == ETIMEDOUT)
			break;
	}
	w->idle--;
	struct job *job = w->waiting;
	if (job == NULL)
		return NULL;
	w->waiting = job->next_waiting;
	if (w->waiting == NULL)
		w->waiting_end = &w->waiting;
	w->pending--;
	return job;
}

static void *
worker(void *self)
{
	struct workers *w = self;
	struct job *job;

	(void)pthread_mutex_lock(&w->lock);
	while ((job = next_job(w)) != NULL)
		run(w, job);
	bool last = --w->threads == 0 && w->closing;
	(void)pthread_mutex_unlock(&w->lock);
	if (last) {
		w->last(w->last_self);
		workers_free(w);
	}
	return NULL;
}

/* Signals are for the main thread. */
static bool
add_thread(struct workers *w)
{
	pthread_attr_t attr;
	pthread_t thread;
	sigset_t all, before;

	(void)pthread_attr_init(&attr);
	(void)pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	(void)pthread_attr_setstacksize(&attr, STACK_BYTES);
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	bool ok = pthread_create(&thread, &attr, worker, w) == 0;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)pthread_attr_destroy(&attr);
	w->threads += ok;
	return ok;
}

/* Begun at once or not at all: never more jobs than threads to run them. */
static bool
begin(struct workers *w, struct job *job, struct group *g)
{
	unsigned share = w->most - w->most / 4;

	if (w->closing || g->running >= share)
		return false;
	if (w->pending >= w->idle && (w->threads >= w->most || !add_thread(w)))
		return false;
	(void)thread_cond_init(&job->ended);
	job->users = 1; /* of the thread */
	job->done = false;
	job->in = g;
	job->next = w->running;
	w->running = job;
	job->next_waiting = NULL;
	*w->waiting_end = job;
	w->waiting_end = &job->next_waiting;
	w->pending++;
	g->running++;
	(void)pthread_cond_signal(&w->work);
	return true;
}

static struct job *
find_running(struct workers *w, const char *key)
{
	for (struct job *job = w->running; job != NULL; job = job->next) {
		if (strcmp(job->key, key) == 0)
			return job;
	}
	return NULL;
}

static enum asked
wait_for(struct workers *w, struct job *job, unsigned limit_ms)
{
	bool impatient = job->in->misses >= GROUP_MISSES && limit_ms > IMPATIENT_MS;
	struct timespec until = monotonic_after(impatient ? IMPATIENT_MS : limit_ms);

	while (!job->done) {
		if (pthread_cond_timedwait(&job->ended, &w->lock, &until) == ETIMEDOUT)
			break;
	}
	if (!job->done)
		job->in->misses++;
	return job->done ? ASKED_DONE : ASKED_LATE;
}

enum asked
workers_ask(struct workers *w, struct job **job, unsigned limit_ms)
{
	enum asked answer = ASKED_BUSY;

	(void)pthread_mutex_lock(&w->lock);
	struct job *same = find_running(w, (*job)->key);
	if (same != NULL) {
		(*job)->drop(*job);
		*job = same;
	}
	if (same != NULL || begin(w, *job, group_of(w, (*job)->group))) {
		(*job)->users++;
		answer = wait_for(w, *job, limit_ms);
	} else {
		(void)thread_cond_init(&(*job)->ended);
		(*job)->users = 1;
	}
	(void)pthread_mutex_unlock(&w->lock);
	return answer;
}

void
workers_release(struct workers *w, struct job *job)
{
	(void)pthread_mutex_lock(&w->lock);
	release(job);
	(void)pthread_mutex_unlock(&w->lock);
}

void
workers_close(struct workers *w, void (*last)(void *self), void *self)
{
	(void)pthread_mutex_lock(&w->lock);
	w->closing = true;
	w->last = last;
	w->last_self = self;
	bool none = w->threads == 0;
	(void)pthread_cond_broadcast(&w->work);
	(void)pthread_mutex_unlock(&w->lock);
	if (none) {
		last(self);
		workers_free(w);
	}
}
