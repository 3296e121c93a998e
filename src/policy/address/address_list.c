/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Open addressing with linear probing, in two arrays.  The tags, eight bits of
 * the hash for each slot, say "not here" for nearly every address that is not
 * listed, and are few enough to stay in a cache: the large array and the block
 * of entries (line number, length, bytes) are looked at for a hit.
 */
#include "policy/address/address_list.h"

#include <stdint.h>
#include <stdlib.h>

/* Of an entry in the block: line, length, form. */
enum { HEAD = sizeof(uint32_t) + sizeof(uint16_t) + 1 };

/* Entries read and not yet in the table: memory has this long to bring their slots. */
enum { PENDING = 16 };

struct address_list {
	char *name;
	char *block;
	size_t block_len, block_cap;
	unsigned char *tag; /* for each slot; 0: the slot is free */
	uint32_t *at;       /* where in block its entry is */
	size_t mask;        /* slots - 1, slots a power of two */
	size_t count, duplicates;
	unsigned forms;            /* which occur: no other is ever looked up */
	unsigned all_line;         /* 0: no `all` */
	uint32_t pending[PENDING]; /* where in block, a ring; only while it is read */
	size_t awaited;            /* how many were ever put there */
};

static uint64_t
mix(uint64_t h)
{
	h ^= h >> 32;
	h *= 0xd6e8feb86659fd93u; /* odd, bits well spread */
	return h ^ h >> 32;
}

static uint64_t
hash(enum address_form form, struct slice s)
{
	uint64_t h = s.len << 8 | form, word;

	for (; s.len >= sizeof word; s.ptr += sizeof word, s.len -= sizeof word) {
		memcpy(&word, s.ptr, sizeof word);
		h = mix(h ^ word);
	}
	word = 0;
	if (s.len > 0)
		memcpy(&word, s.ptr, s.len);
	return mix(h ^ word);
}

static enum address_form
form_at(const struct address_list *list, uint32_t at)
{
	return (enum address_form)list->block[at + HEAD - 1];
}

static struct slice
entry_at(const struct address_list *list, uint32_t at, unsigned *ret_line)
{
	uint32_t line;
	uint16_t len;

	memcpy(&line, list->block + at, sizeof line);
	memcpy(&len, list->block + at + sizeof line, sizeof len);
	*ret_line = line;
	return (struct slice){ list->block + at + HEAD, len };
}

/* Both arrays at once: a hit needs both, and neither tells where the other one is. */
static void
fetch_slot(const struct address_list *list, uint64_t h)
{
	__builtin_prefetch(&list->tag[h & list->mask]);
	__builtin_prefetch(&list->at[h & list->mask]);
}

/* The slot that holds s, or the free one where it belongs. */
static size_t
find_slot(const struct address_list *list, enum address_form form, struct slice s,
    unsigned char *ret_tag)
{
	uint64_t h = hash(form, s);

	fetch_slot(list, h);
	unsigned char tag = h >> 56 != 0 ? (unsigned char)(h >> 56) : 1;
	unsigned line;
	size_t i;

	for (i = h & list->mask; list->tag[i] != 0; i = (i + 1) & list->mask) {
		if (list->tag[i] == tag && form_at(list, list->at[i]) == form &&
		    slice_equal(entry_at(list, list->at[i], &line), s))
			break;
	}
	*ret_tag = tag;
	return i;
}

static bool
reserve(struct address_list *list, size_t n)
{
	if (n <= list->block_cap - list->block_len)
		return true;
	size_t cap = list->block_cap + list->block_cap / 4 + n;
	char *grown = cap <= UINT32_MAX ? realloc(list->block, cap) : NULL;
	if (grown == NULL)
		return false;
	list->block = grown;
	list->block_cap = cap;
	return true;
}

/* Of equal entries the first counts; the others only take room in the block. */
static void
enter(struct address_list *list, uint32_t at)
{
	unsigned line;
	unsigned char tag;
	struct slice s = entry_at(list, at, &line);
	size_t slot = find_slot(list, form_at(list, at), s, &tag);

	if (list->tag[slot] != 0) {
		list->duplicates++;
		return;
	}
	list->tag[slot] = tag;
	list->at[slot] = at;
	list->count++;
}

static void
enter_pending(struct address_list *list)
{
	size_t i = list->awaited > PENDING ? list->awaited - PENDING : 0;

	for (; i < list->awaited; i++)
		enter(list, list->pending[i % PENDING]);
	list->awaited = 0;
}

static bool
add(struct address_list *list, const struct address_entry *e, unsigned line)
{
	struct slice s = { e->bytes, e->len };
	uint32_t l = line, at = (uint32_t)list->block_len;
	uint16_t len = (uint16_t)s.len;

	if (!reserve(list, HEAD + s.len))
		return false;
	char *to = list->block + list->block_len;
	memcpy(to, &l, sizeof l);
	memcpy(to + sizeof l, &len, sizeof len);
	to[HEAD - 1] = (char)e->form;
	memcpy(to + HEAD, s.ptr, s.len);
	list->block_len += HEAD + s.len;
	list->forms |= e->form;
	fetch_slot(list, hash(e->form, s));
	if (list->awaited >= PENDING)
		enter(list, list->pending[list->awaited % PENDING]);
	list->pending[list->awaited++ % PENDING] = at;
	return true;
}

static size_t
count_lines(struct slice content)
{
	size_t n = 0;
	struct slice line;

	while (slice_next_line(&content, &line))
		n++;
	return n;
}

static struct address_list *
list_new(struct slice content, const char *name)
{
	struct address_list *list = calloc(1, sizeof *list);
	size_t lines = count_lines(content), slots = 16;

	while (slots < 2 * lines)
		slots *= 2;
	if (list == NULL)
		return NULL;
	list->mask = slots - 1;
	list->block_cap = content.len + lines * HEAD + HEAD;
	list->tag = calloc(slots, sizeof *list->tag);
	list->at = malloc(slots * sizeof *list->at);
	list->block = malloc(list->block_cap);
	list->name = strdup(name);
	if (list->tag == NULL || list->at == NULL || list->block == NULL ||
	    list->name == NULL || list->block_cap > UINT32_MAX) {
		address_list_free(list);
		return NULL;
	}
	return list;
}

struct parse {
	struct address_list *list;
	bool allow_all;
	size_t faults;
	struct text *why;
};

static void
complain(struct parse *p, unsigned line, struct slice content, const char *fault)
{
	if (p->faults++ > 0)
		return;
	text_printf(p->why, "%s:%u: '", p->list->name, line);
	text_append_escaped(p->why, content, 60);
	text_printf(p->why, "': %s", fault);
}

static const char *
read_line(struct parse *p, struct slice line, unsigned number)
{
	struct address_entry e = { .len = 0 };
	const char *fault = address_entry_line_fault(slice_trim(line));
	struct slice word = address_entry_word(&line);

	if (fault == NULL)
		fault = address_entry_read(word, &e);
	if (fault != NULL || e.len == 0)
		return fault;
	if (address_entry_word(&line).len > 0)
		return "more than one word: write one entry a line";
	if (e.form == ADDRESS_FORM_ALL) {
		if (!p->allow_all)
			return "'all' has no meaning in this list: remove it";
		if (p->list->all_line == 0)
			p->list->all_line = number;
		p->list->forms |= e.form;
		return NULL;
	}
	return add(p->list, &e, number) ? NULL : "out of memory: make the list shorter";
}

static void
read_lines(struct parse *p, struct slice content)
{
	struct slice line;

	content = slice_behind_mark(content);
	for (unsigned n = 1; slice_next_line(&content, &line); n++) {
		const char *fault = read_line(p, line, n);
		if (fault != NULL)
			complain(p, n, line, fault);
	}
}

bool
address_list_parse(struct slice content, const char *name, bool allow_all,
    struct address_list **ret, struct text *why)
{
	struct parse p = { list_new(content, name), allow_all, 0, why };

	if (p.list == NULL) {
		text_printf(why, "%s: out of memory: make the list shorter", name);
		return false;
	}
	read_lines(&p, content);
	enter_pending(p.list);
	if (p.faults > 1)
		text_printf(why, " (and %zu more faulty lines)", p.faults - 1);
	if (p.faults > 0) {
		address_list_free(p.list);
		return false;
	}
	char *fitting = realloc(p.list->block, p.list->block_len + 1);
	if (fitting != NULL)
		p.list->block = fitting;
	*ret = p.list;
	return true;
}

struct search {
	const struct address_list *list;
	struct address_hit hit;
};

static bool
has(void *self, enum address_form form, struct slice key)
{
	struct search *s = self;
	unsigned char tag;

	if (form == ADDRESS_FORM_ALL) {
		s->hit = (struct address_hit){ SLICE("all"), s->list->all_line };
		return true;
	}
	size_t slot = find_slot(s->list, form, key, &tag);
	if (s->list->tag[slot] == 0)
		return false;
	s->hit.entry = entry_at(s->list, s->list->at[slot], &s->hit.line);
	return true;
}

bool
address_list_find(const struct address_list *list, const struct address_names *a,
    struct address_hit *ret)
{
	struct search s = { .list = list };
	struct address_question q = { has, &s, list->forms };

	if (!address_names_ask(a, &q))
		return false;
	*ret = s.hit;
	return true;
}

bool
address_list_domains(const struct address_list *list, struct address_domains *to)
{
	unsigned line;

	for (uint32_t at = 0; at < list->block_len;) {
		struct slice e = entry_at(list, at, &line);
		struct slice domain = slice_from(e, slice_find_last(e, '@') + 1);

		if (form_at(list, at) == ADDRESS_FORM_ADDRESS &&
		    !address_domains_add(to, domain))
			return false;
		at += HEAD + (uint32_t)e.len;
	}
	return true;
}

size_t
address_list_count(const struct address_list *list)
{
	return list->count;
}

size_t
address_list_duplicates(const struct address_list *list)
{
	return list->duplicates;
}

bool
address_list_has_all(const struct address_list *list)
{
	return list->all_line != 0;
}

const char *
address_list_name(const struct address_list *list)
{
	return list->name;
}

void
address_list_free(struct address_list *list)
{
	if (list == NULL)
		return;
	free(list->name);
	free(list->block);
	free(list->tag);
	free(list->at);
	free(list);
}
