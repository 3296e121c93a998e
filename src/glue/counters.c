/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/counters.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct label {
	char *name;
	unsigned long long total, told; /* told: in summary lines so far */
};

struct counters {
	const char *policy;
	atomic_ullong count[N_COUNTS];
	atomic_ullong verdict[N_COUNTED_EVENTS][N_COUNTED_VERDICTS];
	struct histogram answers;
	unsigned long long messages_told;

	pthread_mutex_t lock; /* for all below */
	struct label *label;  /* LABELS_MAX of them */
	size_t used;
	struct label other; /* labels for which there is no place */
};

struct counters *
counters_new(const char *policy)
{
	struct counters *c = calloc(1, sizeof *c);

	if (c == NULL)
		return NULL;
	c->policy = policy;
	c->label = calloc(LABELS_MAX, sizeof *c->label);
	if (c->label == NULL || pthread_mutex_init(&c->lock, NULL) != 0) {
		free(c->label);
		free(c);
		return NULL;
	}
	return c;
}

void
counters_free(struct counters *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->used; i++)
		free(c->label[i].name);
	free(c->label);
	(void)pthread_mutex_destroy(&c->lock);
	free(c);
}

/* Nobody reads one of them to learn about another. */
static void
add(atomic_ullong *to)
{
	atomic_fetch_add_explicit(to, 1, memory_order_relaxed);
}

void
counters_add(struct counters *c, enum count which)
{
	add(&c->count[which]);
}

void
counters_verdict(struct counters *c, enum counted_event on, enum verdict_kind kind)
{
	add(&c->verdict[on][kind]);
}

void
counters_answered(struct counters *c, long long microseconds)
{
	histogram_add(&c->answers, microseconds);
}

struct histogram *
counters_answers(struct counters *c)
{
	return &c->answers;
}

/* Makes room; what a summary line has still to tell stays. */
static struct label *
evict(struct counters *c)
{
	struct label *rarest = NULL;

	for (size_t i = 0; i < c->used; i++) {
		struct label *l = &c->label[i];
		if (l->total == l->told && (rarest == NULL || l->total < rarest->total))
			rarest = l;
	}
	if (rarest == NULL)
		return NULL;
	c->other.total += rarest->total;
	c->other.told += rarest->told;
	free(rarest->name);
	*rarest = c->label[--c->used];
	return &c->label[c->used];
}

static struct label *
add_label(struct counters *c, struct slice name)
{
	char *copy = strndup(name.ptr, name.len);

	if (copy == NULL)
		return &c->other;
	if (c->used == LABELS_MAX && evict(c) == NULL) {
		free(copy);
		return &c->other;
	}
	c->label[c->used] = (struct label){ .name = copy };
	return &c->label[c->used++];
}

static struct label *
find(struct counters *c, struct slice name)
{
	for (size_t i = 0; i < c->used; i++) {
		if (slice_equal(slice_of(c->label[i].name), name))
			return &c->label[i];
	}
	return add_label(c, name);
}

void
counters_label(struct counters *c, struct slice label)
{
	pthread_mutex_lock(&c->lock);
	find(c, label)->total++;
	pthread_mutex_unlock(&c->lock);
}

void
counters_read(struct counters *c, struct totals *ret)
{
	*ret = (struct totals){ .policy = c->policy };
	for (size_t i = 0; i < N_COUNTS; i++)
		ret->count[i] = atomic_load(&c->count[i]);
	for (size_t e = 0; e < N_COUNTED_EVENTS; e++) {
		for (size_t v = 0; v < N_COUNTED_VERDICTS; v++)
			ret->verdict[e][v] = atomic_load(&c->verdict[e][v]);
	}
	pthread_mutex_lock(&c->lock);
	ret->other_labels = c->other.total;
	pthread_mutex_unlock(&c->lock);
}

void
counters_each_label(struct counters *c,
    void (*each)(void *self, const char *label, unsigned long long total), void *self)
{
	pthread_mutex_lock(&c->lock);
	for (size_t i = 0; i < c->used; i++)
		each(self, c->label[i].name, c->label[i].total);
	pthread_mutex_unlock(&c->lock);
}

const char *
count_name(enum count which)
{
#define NAME(id, name) [COUNT_##id] = (name),
	static const char *const names[] = { COUNTS(NAME) };
#undef NAME
	return names[which];
}

const char *
counted_event_name(enum counted_event on)
{
#define NAME(id, name) [EVENT_##id] = (name),
	static const char *const names[] = { COUNTED_EVENTS(NAME) };
#undef NAME
	return names[on];
}

static unsigned long long
news(const struct label *l)
{
	return l->total - l->told;
}

static int
most_news_first(const void *a, const void *b)
{
	const struct label *x = a, *y = b;

	if (news(x) != news(y))
		return news(x) > news(y) ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void
tell_labels(struct counters *c, struct text *line)
{
	qsort(c->label, c->used, sizeof *c->label, most_news_first);
	for (size_t i = 0; i < c->used && news(&c->label[i]) > 0; i++) {
		struct label *l = &c->label[i];
		text_printf(line, " ");
		text_append_escaped(line, slice_of(l->name), 80);
		text_printf(line, "=%llu", news(l));
		l->told = l->total;
	}
	if (news(&c->other) > 0)
		text_printf(line, " other=%llu", news(&c->other));
	c->other.told = c->other.total;
}

void
counters_summary(struct counters *c, time_t now, struct text *line)
{
	char date[32] = "";
	struct tm tm;
	unsigned long long messages = atomic_load(&c->count[COUNT_MESSAGES]);

	if (localtime_r(&now, &tm) != NULL)
		(void)strftime(date, sizeof date, "%b %d %H:%M", &tm);
	text_printf(line, "%s: %llu messages ", date, messages - c->messages_told);
	c->messages_told = messages;
	pthread_mutex_lock(&c->lock);
	tell_labels(c, line);
	pthread_mutex_unlock(&c->lock);
}
