/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/known.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/random.h>

enum { WAYS = 4 };

struct entry {
	struct known known;
	size_t len;
	char name[];
};

struct known_cache {
	pthread_mutex_t lock;
	uint64_t seed; /* names come from strangers: they must not choose their place */
	size_t sets;   /* a power of two */
	struct entry *slot[];
};

struct known_cache *
known_new(size_t entries)
{
	size_t sets = 1;

	while (sets * WAYS < entries && sets < 1 << 24)
		sets *= 2;
	struct known_cache *c = calloc(1, sizeof *c + sets * WAYS * sizeof c->slot[0]);
	if (c == NULL)
		return NULL;
	(void)pthread_mutex_init(&c->lock, NULL);
	c->sets = sets;
	if (getrandom(&c->seed, sizeof c->seed, GRND_NONBLOCK) == -1)
		c->seed = (uint64_t)(uintptr_t)c;
	return c;
}

void
known_free(struct known_cache *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->sets * WAYS; i++)
		free(c->slot[i]);
	(void)pthread_mutex_destroy(&c->lock);
	free(c);
}

/* FNV-1a from a secret start, its bits mixed at the end. */
static struct entry **
set_of(struct known_cache *c, struct slice name)
{
	uint64_t h = c->seed ^ 0xcbf29ce484222325u;

	for (size_t i = 0; i < name.len; i++)
		h = (h ^ (unsigned char)name.ptr[i]) * 0x100000001b3u;
	h = (h ^ h >> 32) * 0x9e3779b97f4a7c15u;
	return &c->slot[(h >> 40 & (c->sets - 1)) * WAYS];
}

static struct entry **
find(struct entry **set, struct slice name)
{
	for (size_t i = 0; i < WAYS; i++) {
		if (set[i] != NULL &&
		    slice_equal(name, (struct slice){ set[i]->name, set[i]->len }))
			return &set[i];
	}
	return NULL;
}

static long long
last_put(const struct entry *e)
{
	long long t = e->known.account_at;

	t = e->known.usage_at > t ? e->known.usage_at : t;
	return e->known.forward_at > t ? e->known.forward_at : t;
}

static struct entry **
oldest(struct entry **set)
{
	struct entry **old = &set[0];

	for (size_t i = 0; i < WAYS; i++) {
		if (set[i] == NULL)
			return &set[i];
		if (last_put(set[i]) < last_put(*old))
			old = &set[i];
	}
	return old;
}

struct known
known_get(struct known_cache *c, struct slice name)
{
	struct known k = { .is_user = NOT_KNOWN };

	(void)pthread_mutex_lock(&c->lock);
	struct entry **at = find(set_of(c, name), name);
	if (at != NULL)
		k = (*at)->known;
	(void)pthread_mutex_unlock(&c->lock);
	return k;
}

static void
merge(struct known *into, const struct known *k)
{
	if (k->account_at != 0) {
		into->is_user = k->is_user;
		into->account = k->account;
		into->account_at = k->account_at;
	}
	if (k->usage_at != 0) {
		into->has_usage = k->has_usage;
		into->usage = k->usage;
		into->room = k->room;
		into->usage_at = k->usage_at;
	}
	if (k->forward_at != 0) {
		into->has_forward = k->has_forward;
		into->forward = k->forward;
		into->forward_at = k->forward_at;
	}
}

static struct entry *
entry_new(struct slice name)
{
	struct entry *e = calloc(1, sizeof *e + name.len);

	if (e == NULL)
		return NULL;
	e->len = name.len;
	if (name.len > 0)
		memcpy(e->name, name.ptr, name.len);
	return e;
}

void
known_put(struct known_cache *c, struct slice name, const struct known *k)
{
	(void)pthread_mutex_lock(&c->lock);
	struct entry **set = set_of(c, name);
	struct entry **at = find(set, name);
	if (at == NULL) {
		struct entry *fresh = entry_new(name);
		at = fresh != NULL ? oldest(set) : NULL;
		if (at != NULL) {
			free(*at);
			*at = fresh;
		}
	}
	if (at != NULL)
		merge(&(*at)->known, k);
	(void)pthread_mutex_unlock(&c->lock);
}
