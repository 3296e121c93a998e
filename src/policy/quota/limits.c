/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/quota/limits.h"

#include <stdlib.h>

#include "base/number.h"
#include "policy/quota/mailbox_name.h"

static int
compare_entries(const void *a, const void *b)
{
	const struct limit_entry *x = a, *y = b;
	size_t n = x->name.len < y->name.len ? x->name.len : y->name.len;

	for (size_t i = 0; i < n; i++) {
		int d = (unsigned char)ascii_lower(x->name.ptr[i]) -
			(unsigned char)ascii_lower(y->name.ptr[i]);
		if (d != 0)
			return d;
	}
	return x->name.len == y->name.len ? 0 : x->name.len < y->name.len ? -1 : 1;
}

static const char *
take_limit(struct slice line, struct limit_entry *ret)
{
	struct slice name = slice_next_word(&line);
	struct slice limit = slice_next_word(&line);
	struct mailbox_name mailbox;
	uint64_t bytes = 0;

	if (!mailbox_name(name, &mailbox))
		return "has a name that no mailbox can have: printable, without '/', and "
		       "no '-' or '.' in front";
	if (limit.len == 0)
		return "has a name but no limit";
	if (line.len != 0)
		return "has more than a name and a limit";
	if (!slice_equal_nocase(limit, SLICE("unlimited")) &&
	    !number_parse_bytes(limit, &bytes))
		return "has a limit that is neither a number such as 25M nor "
		       "\"unlimited\"";
	*ret = (struct limit_entry){ name, bytes };
	return NULL;
}

static bool
add(struct limit_table *t, size_t *cap, struct limit_entry e)
{
	if (slice_equal(e.name, SLICE("*"))) {
		t->others = e.bytes;
		return true;
	}
	if (t->count == *cap) {
		size_t more = *cap != 0 ? *cap * 2 : 64;
		struct limit_entry *grown = reallocarray(t->entry, more, sizeof *grown);
		if (grown == NULL)
			return false;
		t->entry = grown;
		*cap = more;
	}
	t->entry[t->count++] = e;
	return true;
}

static bool
read_lines(struct limit_table *t, struct slice rest, struct text *why)
{
	struct slice line;
	size_t cap = 0;

	rest = slice_behind_mark(rest);
	for (size_t number = 1; slice_next_line(&rest, &line); number++) {
		struct limit_entry e;
		line = slice_trim(slice_first(line, slice_find(line, '#')));
		if (line.len == 0)
			continue;
		const char *fault = take_limit(line, &e);
		if (fault != NULL) {
			text_printf(why, "line %zu: %s", number, fault);
			return false;
		}
		if (!add(t, &cap, e)) {
			text_printf(why, "line %zu: out of memory", number);
			return false;
		}
	}
	return true;
}

/* A name that is listed twice would be found by chance. */
static bool
no_name_twice(const struct limit_table *t, struct text *why)
{
	for (size_t i = 1; i < t->count; i++) {
		if (compare_entries(&t->entry[i - 1], &t->entry[i]) != 0)
			continue;
		text_printf(why, "'");
		text_append_escaped(why, t->entry[i].name, 64);
		text_printf(why, "' has two limits; keep one");
		return false;
	}
	return true;
}

bool
limits_parse(struct slice file, struct limit_table *ret, struct text *why)
{
	*ret = (struct limit_table){ .text = malloc(file.len + 1) };
	if (ret->text == NULL) {
		text_printf(why, "out of memory");
		return false;
	}
	if (file.len > 0)
		memcpy(ret->text, file.ptr, file.len);
	if (!read_lines(ret, (struct slice){ ret->text, file.len }, why))
		return false;
	if (ret->count > 1)
		qsort(ret->entry, ret->count, sizeof *ret->entry, compare_entries);
	return no_name_twice(ret, why);
}

uint64_t
limits_find(const struct limit_table *t, struct slice name)
{
	struct limit_entry key = { .name = name };
	const struct limit_entry *e = t->count == 0 ? NULL
						    : bsearch(&key, t->entry, t->count,
							  sizeof key, compare_entries);

	return e != NULL ? e->bytes : t->others;
}

void
limits_clear(struct limit_table *t)
{
	free(t->text);
	free(t->entry);
	*t = (struct limit_table){ 0 };
}
