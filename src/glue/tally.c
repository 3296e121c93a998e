/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/tally.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct count {
	char *label;
	unsigned long n;
};

struct tally {
	atomic_ulong messages;
	pthread_mutex_t lock; /* for all below */
	struct count *count;
	size_t used, room;
	unsigned long other; /* labels for which there was no place */
};

struct tally *
tally_new(void)
{
	struct tally *t = calloc(1, sizeof *t);

	if (t != NULL && pthread_mutex_init(&t->lock, NULL) != 0) {
		free(t);
		return NULL;
	}
	return t;
}

static void
clear_counts(struct count *count, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(count[i].label);
	free(count);
}

void
tally_free(struct tally *t)
{
	if (t == NULL)
		return;
	clear_counts(t->count, t->used);
	(void)pthread_mutex_destroy(&t->lock);
	free(t);
}

void
tally_message(struct tally *t)
{
	atomic_fetch_add(&t->messages, 1);
}

static struct count *
add_label(struct tally *t, struct slice label)
{
	if (t->used == TALLY_LABELS_MAX)
		return NULL;
	if (t->used == t->room) {
		size_t room = t->room != 0 ? 2 * t->room : 16;
		struct count *grown = realloc(t->count, room * sizeof *grown);
		if (grown == NULL)
			return NULL;
		t->count = grown;
		t->room = room;
	}
	char *copy = strndup(label.ptr, label.len);
	if (copy == NULL)
		return NULL;
	t->count[t->used] = (struct count){ .label = copy };
	return &t->count[t->used++];
}

void
tally_label(struct tally *t, struct slice label)
{
	struct count *c = NULL;

	pthread_mutex_lock(&t->lock);
	for (size_t i = 0; i < t->used && c == NULL; i++) {
		if (slice_equal(slice_of(t->count[i].label), label))
			c = &t->count[i];
	}
	if (c == NULL)
		c = add_label(t, label);
	if (c != NULL)
		c->n++;
	else
		t->other++;
	pthread_mutex_unlock(&t->lock);
}

static int
by_count(const void *a, const void *b)
{
	const struct count *x = a, *y = b;

	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	return strcmp(x->label, y->label);
}

void
tally_line(struct tally *t, time_t now, struct text *line)
{
	char date[32] = "";
	struct tm tm;

	pthread_mutex_lock(&t->lock);
	struct count *count = t->count;
	size_t n = t->used;
	unsigned long other = t->other;
	t->count = NULL;
	t->used = t->room = 0;
	t->other = 0;
	unsigned long messages = atomic_exchange(&t->messages, 0);
	pthread_mutex_unlock(&t->lock);

	if (localtime_r(&now, &tm) != NULL)
		(void)strftime(date, sizeof date, "%b %d %H:%M", &tm);
	text_printf(line, "%s: %lu messages ", date, messages);
	if (n > 0)
		qsort(count, n, sizeof *count, by_count);
	for (size_t i = 0; i < n; i++) {
		text_printf(line, " ");
		text_append_escaped(line, slice_of(count[i].label), 80);
		text_printf(line, "=%lu", count[i].n);
	}
	if (other > 0)
		text_printf(line, " other=%lu", other);
	clear_counts(count, n);
}
