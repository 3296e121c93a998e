/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/snapshot.h"

#include <pthread.h>
#include <stdlib.h>

struct snapshot {
	void *rules, *origin;
	void (*free_rules)(void *);
	void (*free_origin)(void *);
	unsigned long users; /* under the holder's lock; the holder itself is one */
};

struct snapshot_holder {
	pthread_mutex_t lock;
	struct snapshot *now;
};

struct snapshot *
snapshot_new(
    void *rules, void (*free_rules)(void *), void *origin, void (*free_origin)(void *))
{
	struct snapshot *s = malloc(sizeof *s);

	if (s != NULL)
		*s = (struct snapshot){ rules, origin, free_rules, free_origin, 1 };
	return s;
}

const void *
snapshot_rules(const struct snapshot *s)
{
	return s->rules;
}

struct snapshot_holder *
snapshot_holder_new(void)
{
	struct snapshot_holder *h = calloc(1, sizeof *h);

	if (h != NULL && pthread_mutex_init(&h->lock, NULL) != 0) {
		free(h);
		return NULL;
	}
	return h;
}

static void
destroy(struct snapshot *s)
{
	s->free_rules(s->rules);
	s->free_origin(s->origin);
	free(s);
}

/* Freeing may take long (100,000 signatures), so it happens outside the lock. */
static void
release(struct snapshot_holder *h, struct snapshot *s, struct snapshot *fresh)
{
	pthread_mutex_lock(&h->lock);
	if (fresh != NULL)
		h->now = fresh;
	unsigned long left = s != NULL ? --s->users : 1;
	pthread_mutex_unlock(&h->lock);
	if (left == 0)
		destroy(s);
}

void
snapshot_swap(struct snapshot_holder *h, struct snapshot *fresh)
{
	release(h, h->now, fresh); /* only the reloading thread writes h->now */
}

struct snapshot *
snapshot_pin(struct snapshot_holder *h)
{
	pthread_mutex_lock(&h->lock);
	struct snapshot *s = h->now;
	if (s != NULL)
		s->users++;
	pthread_mutex_unlock(&h->lock);
	return s;
}

void
snapshot_unpin(struct snapshot_holder *h, struct snapshot *s)
{
	if (s != NULL)
		release(h, s, NULL);
}

void
snapshot_holder_free(struct snapshot_holder *h)
{
	if (h == NULL)
		return;
	snapshot_unpin(h, h->now);
	(void)pthread_mutex_destroy(&h->lock);
	free(h);
}
