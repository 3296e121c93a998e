/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter-sigs/family.h"

#include <stdlib.h>

#include "milter-sigs/learn.h"
#include "milter-sigs/worth.h"

enum { CLEAN_BITS = 1 << 24, LONG_LINE = 60 };

struct mark {
	uint64_t hash;    /* 0: free */
	uint32_t message; /* the first that bore it */
};

struct group {
	size_t size;
	uint32_t root;
};

struct families {
	unsigned char *clean; /* a bit for the hash of each clean line */
	uint32_t *parent;     /* of each message; a root is its own */
	size_t count, cap;
	struct mark *mark;
	size_t marks, slots;
	uint64_t smallest[FAMILY_MARKS]; /* of the message that comes now, sorted */
	size_t held;
	struct group *group; /* the largest first */
	size_t groups;
	uint32_t *number; /* of the family, by its root */
};

struct families *
families_new(void)
{
	struct families *f = calloc(1, sizeof *f);

	if (f == NULL)
		return NULL;
	f->clean = calloc(CLEAN_BITS / 8, 1);
	if (f->clean == NULL) {
		families_free(f);
		return NULL;
	}
	return f;
}

void
families_free(struct families *f)
{
	if (f == NULL)
		return;
	free(f->clean);
	free(f->parent);
	free(f->mark);
	free(f->group);
	free(f->number);
	free(f);
}

static uint64_t
hash_of(struct slice line)
{
	return learn_hash(line) | 1; /* 0 means free */
}

void
families_clean_line(struct families *f, struct slice line)
{
	if (line.len < LONG_LINE)
		return;
	uint64_t bit = hash_of(line) >> 8 & (CLEAN_BITS - 1);
	f->clean[bit / 8] |= (unsigned char)(1U << bit % 8);
}

static bool
is_clean(const struct families *f, uint64_t hash)
{
	uint64_t bit = hash >> 8 & (CLEAN_BITS - 1);

	return (f->clean[bit / 8] >> bit % 8 & 1) != 0;
}

static uint32_t
root_of(struct families *f, uint32_t message)
{
	while (f->parent[message] != message) {
		f->parent[message] = f->parent[f->parent[message]];
		message = f->parent[message];
	}
	return message;
}

static struct mark *
find(struct mark *mark, size_t slots, uint64_t hash)
{
	size_t i = hash / 2 % slots;

	while (mark[i].hash != 0 && mark[i].hash != hash)
		i = (i + 1) % slots;
	return &mark[i];
}

static bool
grow_marks(struct families *f)
{
	if ((f->marks + FAMILY_MARKS) * 2 < f->slots)
		return true;
	size_t slots = f->slots != 0 ? f->slots * 2 : 1024;
	struct mark *larger = calloc(slots, sizeof *larger);
	if (larger == NULL)
		return false;
	for (size_t i = 0; i < f->slots; i++) {
		if (f->mark[i].hash != 0)
			*find(larger, slots, f->mark[i].hash) = f->mark[i];
	}
	free(f->mark);
	f->mark = larger;
	f->slots = slots;
	return true;
}

/* The marks of the message before are complete: join it to who bears one too. */
static bool
settle(struct families *f)
{
	if (f->count == 0)
		return true;
	if (!grow_marks(f))
		return false;
	uint32_t self = (uint32_t)f->count - 1;
	for (size_t i = 0; i < f->held; i++) {
		struct mark *m = find(f->mark, f->slots, f->smallest[i]);
		if (m->hash == 0) {
			*m = (struct mark){ f->smallest[i], self };
			f->marks++;
		}
		uint32_t a = root_of(f, self), b = root_of(f, m->message);
		f->parent[a > b ? a : b] = a > b ? b : a;
	}
	f->held = 0;
	return true;
}

bool
families_message(struct families *f)
{
	if (!settle(f) || f->count == UINT32_MAX)
		return false;
	if (f->count == f->cap) {
		size_t cap = f->cap != 0 ? f->cap * 2 : 1024;
		uint32_t *larger = realloc(f->parent, cap * sizeof *larger);
		if (larger == NULL)
			return false;
		f->parent = larger;
		f->cap = cap;
	}
	f->parent[f->count] = (uint32_t)f->count;
	f->count++;
	return true;
}

static void
insert(struct families *f, uint64_t hash)
{
	size_t i = f->held < FAMILY_MARKS ? f->held++ : FAMILY_MARKS - 1;

	for (; i > 0 && f->smallest[i - 1] > hash; i--)
		f->smallest[i] = f->smallest[i - 1];
	f->smallest[i] = hash;
}

static bool
is_held(const struct families *f, uint64_t hash)
{
	for (size_t i = 0; i < f->held; i++) {
		if (f->smallest[i] == hash)
			return true;
	}
	return false;
}

void
families_line(struct families *f, struct slice line)
{
	if (line.len < LONG_LINE || line.len > LEARN_LINE_MAX)
		return;
	uint64_t hash = hash_of(line);
	bool small = f->held < FAMILY_MARKS || hash < f->smallest[FAMILY_MARKS - 1];
	if (small && !is_held(f, hash) && !is_clean(f, hash) &&
	    worth_of(line) == WORTH_FINE)
		insert(f, hash);
}

static int
largest_first(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	if (x->size != y->size)
		return x->size < y->size ? 1 : -1;
	return (x->root > y->root) - (x->root < y->root);
}

/* Each root with the size of its tree; the other messages have size 0. */
static struct group *
count_groups(struct families *f)
{
	struct group *all = calloc(f->count + 1, sizeof *all);

	for (uint32_t i = 0; all != NULL && i < f->count; i++) {
		all[i].root = i;
		all[root_of(f, i)].size++;
	}
	return all;
}

size_t
families_finish(struct families *f)
{
	if (!settle(f))
		return 0;
	f->group = count_groups(f);
	f->number = calloc(f->count + 1, sizeof *f->number);
	if (f->group == NULL || f->number == NULL)
		return 0;
	qsort(f->group, f->count, sizeof *f->group, largest_first);
	while (f->groups < f->count && f->group[f->groups].size > 0) {
		f->number[f->group[f->groups].root] = (uint32_t)f->groups;
		f->groups++;
	}
	return f->groups;
}

size_t
families_size(const struct families *f, size_t family)
{
	return f->group[family].size;
}

size_t
families_of(struct families *f, size_t message)
{
	return f->number[root_of(f, (uint32_t)message)];
}
