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

#include "policy/address/address_entry.h"

enum { HEAD = sizeof(uint32_t) + sizeof(uint16_t) };

struct address_list {
	char *name;
	char *block;
	size_t block_len, block_cap;
	unsigned char *tag; /* for each slot; 0: the slot is free */
	uint32_t *at;       /* where in block its entry is */
	size_t mask;        /* slots - 1, slots a power of two */
	size_t count, duplicates;
	unsigned forms;    /* which of the forms below occur */
	unsigned all_line; /* 0: no `all` */
};

/* What kind of entry it is; a kind that no line has is never looked up. */
enum form { ADDRESS = 1, DOMAIN = 2, BELOW = 4, USER = 8 };

static enum form
form_of(struct slice entry)
{
	if (entry.ptr[entry.len - 1] == '@')
		return USER;
	if (slice_find(entry, '@') < entry.len)
		return ADDRESS;
	return entry.ptr[0] == '.' ? BELOW : DOMAIN;
}

static uint64_t
mix(uint64_t h)
{
	h ^= h >> 32;
	h *= 0xd6e8feb86659fd93u; /* odd, bits well spread */
	return h ^ h >> 32;
}

static uint64_t
hash(struct slice s)
{
	uint64_t h = s.len, word;

	for (; s.len >= sizeof word; s.ptr += sizeof word, s.len -= sizeof word) {
		memcpy(&word, s.ptr, sizeof word);
		h = mix(h ^ word);
	}
	word = 0;
	if (s.len > 0)
		memcpy(&word, s.ptr, s.len);
	return mix(h ^ word);
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

/* The slot that holds s, or the free one where it belongs. */
static size_t
find_slot(const struct address_list *list, struct slice s, unsigned char *ret_tag)
{
	uint64_t h = hash(s);
	unsigned char tag = h >> 56 != 0 ? (unsigned char)(h >> 56) : 1;
	unsigned line;
	size_t i;

	for (i = h & list->mask; list->tag[i] != 0; i = (i + 1) & list->mask) {
		if (list->tag[i] == tag &&
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

static bool
add(struct address_list *list, struct slice s, unsigned line)
{
	unsigned char tag;
	size_t slot = find_slot(list, s, &tag);
	uint32_t l = line;
	uint16_t len = (uint16_t)s.len;

	if (list->tag[slot] != 0) {
		list->duplicates++;
		return true;
	}
	if (!reserve(list, HEAD + s.len))
		return false;
	char *to = list->block + list->block_len;
	memcpy(to, &l, sizeof l);
	memcpy(to + sizeof l, &len, sizeof len);
	memcpy(to + HEAD, s.ptr, s.len);
	list->tag[slot] = tag;
	list->at[slot] = (uint32_t)list->block_len;
	list->block_len += HEAD + s.len;
	list->count++;
	list->forms |= form_of(s);
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
read_line(struct parse *p, struct slice content, unsigned line)
{
	struct address_entry e;
	const char *fault = content.len <= ADDRESS_LIST_LINE_MAX
				? address_entry_read(content, &e)
				: "longer than 1000 bytes: is this a list of addresses?";

	if (fault != NULL)
		return fault;
	if (e.all && !p->allow_all)
		return "'all' has no meaning in this list: remove it";
	if (e.all && p->list->all_line == 0)
		p->list->all_line = line;
	if (e.len > 0 && !add(p->list, (struct slice){ e.bytes, e.len }, line))
		return "out of memory: make the list shorter";
	return NULL;
}

static void
read_lines(struct parse *p, struct slice content)
{
	struct slice line;

	if (slice_starts(content, SLICE("\357\273\277"))) /* byte order mark */
		content = slice_from(content, 3);
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

static bool
find(const struct address_list *list, enum form form, struct slice s,
    struct address_hit *ret)
{
	unsigned char tag;

	if ((list->forms & form) == 0 || s.len == 0)
		return false;
	size_t slot = find_slot(list, s, &tag);
	if (list->tag[slot] == 0)
		return false;
	ret->entry = entry_at(list, list->at[slot], &ret->line);
	return true;
}

static bool
find_below(const struct address_list *list, struct slice domain, struct address_hit *ret)
{
	for (size_t i = 1; (list->forms & BELOW) != 0 && i + 1 < domain.len; i++) {
		if (domain.ptr[i] == '.' && find(list, BELOW, slice_from(domain, i), ret))
			return true;
	}
	return false;
}

bool
address_list_find(const struct address_list *list, const struct address_key *key,
    struct address_hit *ret)
{
	struct slice domain = address_key_domain(key);
	struct slice whole =
	    slice_first(address_key_whole(key), key->local_len > 0 ? SIZE_MAX : 0);

	if (find(list, ADDRESS, whole, ret) || find(list, DOMAIN, domain, ret) ||
	    find_below(list, domain, ret) ||
	    find(list, USER, slice_first(whole, key->local_len + 1), ret))
		return true;
	if (list->all_line == 0)
		return false;
	*ret = (struct address_hit){ SLICE("all"), list->all_line };
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
