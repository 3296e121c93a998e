/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter-sigs/learn.h"

#include <stdlib.h>

#include "milter-sigs/worth.h"

enum { SLOTS = 2 * LEARN_CANDIDATES, APART = 8 /* lines between two picks */ };

struct cell { /* of the first pass */
	uint32_t messages, last;
};

struct slot { /* of the second: a line kept, and in which message it was last seen */
	uint64_t hash;
	uint32_t candidate; /* + 1; 0: free */
	uint32_t last;
};

struct learn {
	unsigned share;
	bool second, overflowed, no_memory;
	uint32_t message, total, wanted;
	struct cell *cell;
	struct slot *slot;
	struct learned *found;
	size_t count;
};

static uint64_t
mix(uint64_t h)
{
	h ^= h >> 32;
	h *= UINT64_C(0xd6e8feb86659fd93);
	return h ^ h >> 32;
}

uint64_t
learn_hash(struct slice line)
{
	uint64_t h = line.len * UINT64_C(0x9E3779B97F4A7C15), word = 0;

	while (line.len >= 8) {
		memcpy(&word, line.ptr, 8);
		h = (h ^ word) * UINT64_C(0x9FB21C651E98DF25);
		h ^= h >> 29;
		line = slice_from(line, 8);
	}
	word = 0;
	if (line.len > 0)
		memcpy(&word, line.ptr, line.len);
	return mix(h ^ word);
}

struct learn *
learn_new(unsigned share)
{
	struct learn *l = calloc(1, sizeof *l);

	if (l == NULL)
		return NULL;
	l->share = share;
	l->cell = calloc(LEARN_CELLS, sizeof *l->cell);
	l->slot = calloc(SLOTS, sizeof *l->slot);
	l->found = calloc(LEARN_CANDIDATES, sizeof *l->found);
	if (l->cell == NULL || l->slot == NULL || l->found == NULL) {
		learn_free(l);
		return NULL;
	}
	return l;
}

void
learn_free(struct learn *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < l->count; i++)
		free((char *)(size_t)l->found[i].line.ptr);
	free(l->found);
	free(l->slot);
	free(l->cell);
	free(l);
}

void
learn_message(struct learn *l)
{
	l->message++;
}

static struct cell *
cell_of(const struct learn *l, uint64_t hash)
{
	return &l->cell[hash % LEARN_CELLS];
}

static void
count_roughly(struct learn *l, uint64_t hash)
{
	struct cell *c = cell_of(l, hash);

	if (c->last == l->message)
		return;
	c->last = l->message;
	c->messages++;
}

/* The slot of this line, or a free one. */
static struct slot *
find(struct learn *l, uint64_t hash, struct slice line)
{
	size_t i = hash % SLOTS;

	while (l->slot[i].candidate != 0 &&
	       (l->slot[i].hash != hash ||
		   !slice_equal(l->found[l->slot[i].candidate - 1].line, line)))
		i = (i + 1) % SLOTS;
	return &l->slot[i];
}

static bool
keep(struct learn *l, struct slot *s, uint64_t hash, struct slice line,
    unsigned long number)
{
	if (line.len < WORTH_LEARN_LENGTH || worth_of(line) != WORTH_FINE)
		return false;
	bool room = l->count < LEARN_CANDIDATES;
	char *copy = room ? malloc(line.len) : NULL;
	if (copy == NULL) {
		l->overflowed = l->overflowed || !room;
		l->no_memory = l->no_memory || room;
		return false;
	}
	memcpy(copy, line.ptr, line.len);
	l->found[l->count] = (struct learned){
		.line = { copy, line.len }, .number = number, .score = worth_score(line)
	};
	*s = (struct slot){ .hash = hash, .candidate = (uint32_t)++l->count };
	return true;
}

static void
count_exactly(struct learn *l, uint64_t hash, struct slice line, unsigned long number)
{
	if (cell_of(l, hash)->messages < l->wanted)
		return;
	struct slot *s = find(l, hash, line);
	if (s->candidate == 0 && !keep(l, s, hash, line, number))
		return;
	if (s->last == l->message)
		return;
	s->last = l->message;
	l->found[s->candidate - 1].messages++;
}

void
learn_line(struct learn *l, struct slice line, unsigned long number)
{
	if (line.len < WORTH_SHORTEST || line.len > LEARN_LINE_MAX)
		return;
	uint64_t hash = learn_hash(line);
	if (l->second)
		count_exactly(l, hash, line, number);
	else
		count_roughly(l, hash);
}

/* How many messages the pass has shown, and how many of them a line needs. */
static void
settle(struct learn *l)
{
	l->total = l->message;
	l->wanted = (uint32_t)(((uint64_t)l->total * l->share + 99) / 100);
}

void
learn_second_pass(struct learn *l)
{
	settle(l);
	l->message = 0;
	l->second = true;
}

static int
best_first(const void *a, const void *b)
{
	const struct learned *x = a, *y = b;
	size_t n = x->line.len < y->line.len ? x->line.len : y->line.len;

	if (x->messages != y->messages)
		return x->messages < y->messages ? 1 : -1;
	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	int order = memcmp(x->line.ptr, y->line.ptr, n);
	return order != 0 ? order
			  : (x->line.len > y->line.len) - (x->line.len < y->line.len);
}

size_t
learn_finish(struct learn *l, struct learned **ret)
{
	size_t enough = 0;

	settle(l);
	if (l->count > 0)
		qsort(l->found, l->count, sizeof *l->found, best_first);
	while (enough < l->count && l->found[enough].messages >= l->wanted)
		enough++;
	*ret = l->found;
	return enough;
}

unsigned long
learn_messages(const struct learn *l)
{
	return l->total;
}

unsigned long
learn_wanted(const struct learn *l)
{
	return l->wanted;
}

bool
learn_no_memory(const struct learn *l)
{
	return l->no_memory;
}

bool
learn_overflowed(const struct learn *l)
{
	return l->overflowed;
}

static bool
is_near(const struct learned *a, const struct learned *const *picked, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned long x = a->number, y = picked[i]->number;
		if (a == picked[i] || (x > y ? x - y : y - x) < APART)
			return true;
	}
	return false;
}

static bool
is_picked(const struct learned *a, const struct learned *const *picked, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (a == picked[i])
			return true;
	}
	return false;
}

size_t
learn_pick(
    const struct learned *all, size_t count, const struct learned **ret, size_t most)
{
	size_t n = 0;

	for (size_t i = 0; i < count && n < most; i++) {
		if (!all[i].struck && !is_near(&all[i], ret, n))
			ret[n++] = &all[i];
	}
	for (size_t i = 0; i < count && n < most; i++) {
		if (!all[i].struck && !is_picked(&all[i], ret, n))
			ret[n++] = &all[i];
	}
	return n;
}
