/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/quota/aliases.h"

#include <stdlib.h>

static int
compare_names(struct slice a, struct slice b)
{
	size_t n = a.len < b.len ? a.len : b.len;

	for (size_t i = 0; i < n; i++) {
		int d = (unsigned char)ascii_lower(a.ptr[i]) -
			(unsigned char)ascii_lower(b.ptr[i]);
		if (d != 0)
			return d;
	}
	return a.len == b.len ? 0 : a.len < b.len ? -1 : 1;
}

static int
compare_entries(const void *a, const void *b)
{
	const struct alias_entry *x = a, *y = b;
	int d = compare_names(x->name, y->name);

	/* Equal names in the order of the file: qsort(3) alone is not stable. */
	return d != 0 ? d : x->name.ptr < y->name.ptr ? -1 : 1;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* One logical line: up to a LF that no blank follows.  *ret_lines counts the LFs. */
static struct slice
take_entry(struct slice *rest, size_t *ret_lines)
{
	size_t n = 0;

	*ret_lines = 0;
	while (n < rest->len) {
		n += slice_find(slice_from(*rest, n), '\n') + 1;
		++*ret_lines;
		if (n >= rest->len || !is_blank(rest->ptr[n]))
			break;
	}
	struct slice entry = slice_first(*rest, n);
	*rest = slice_from(*rest, n);
	return entry;
}

/* The colon behind the name; quotes respected; s.len when there is none. */
static size_t
find_colon(struct slice s)
{
	bool quoted = false;

	for (size_t i = 0; i < s.len && s.ptr[i] != '\n'; i++) {
		if (s.ptr[i] == '"')
			quoted = !quoted;
		else if (s.ptr[i] == ':' && !quoted)
			return i;
	}
	return s.len;
}

static bool
split(struct slice line, struct alias_entry *ret)
{
	size_t colon = find_colon(line);
	struct slice name = slice_trim(slice_first(line, colon));

	if (name.len >= 2 && name.ptr[0] == '"' && name.ptr[name.len - 1] == '"')
		name = slice_from(slice_first(name, name.len - 1), 1);
	if (colon == line.len || name.len == 0 || name.len > ALIAS_NAME_MAX ||
	    slice_find(name, '\0') < name.len)
		return false;
	*ret = (struct alias_entry){ name, slice_trim(slice_from(line, colon + 1)) };
	return true;
}

static bool
add(struct alias_table *t, size_t *cap, struct alias_entry e)
{
	if (t->count == *cap) {
		size_t more = *cap != 0 ? *cap * 2 : 64;
		struct alias_entry *grown = reallocarray(t->entry, more, sizeof *grown);
		if (grown == NULL)
			return false;
		t->entry = grown;
		*cap = more;
	}
	t->entry[t->count++] = e;
	return true;
}

bool
aliases_parse(struct slice file, struct alias_table *ret)
{
	struct alias_table t = { 0 };
	size_t cap = 0, line_number = 1, lines;
	bool ok = true;

	t.text = malloc(file.len + 1);
	if (t.text == NULL) {
		*ret = t;
		return false;
	}
	if (file.len > 0)
		memcpy(t.text, file.ptr, file.len);
	struct slice rest = { t.text, file.len };
	for (; ok && rest.len > 0; line_number += lines) {
		struct slice line = take_entry(&rest, &lines);
		struct alias_entry e;

		if (slice_trim(line).len == 0 || line.ptr[0] == '#')
			continue;
		if (split(line, &e))
			ok = add(&t, &cap, e);
		else if (t.bad_lines++ == 0)
			t.first_bad_line = line_number;
	}
	if (t.count > 1)
		qsort(t.entry, t.count, sizeof *t.entry, compare_entries);
	*ret = t;
	return ok;
}

/* The first entry that is not before the name. */
static size_t
lower_bound(const struct alias_table *t, struct slice name)
{
	size_t low = 0, high = t->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare_names(t->entry[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool
aliases_find(const struct alias_table *t, struct slice name,
    const struct forward_owner *here, struct alias *ret)
{
	struct forward_owner owner = *here;
	struct alias a = { .kinds = 0 };
	size_t first = lower_bound(t, name), i = first;

	owner.name = name;
	for (; i < t->count && compare_names(t->entry[i].name, name) == 0; i++)
		a.kinds |= forward_kinds(t->entry[i].value, &owner);
	if (i == first + 1) {
		struct slice only = forward_single_local(t->entry[first].value, &owner);
		if (only.len > 0 && only.len < sizeof a.target &&
		    slice_find(only, '\0') == only.len)
			memcpy(a.target, only.ptr, only.len);
	}
	if (i > first)
		*ret = a;
	return i > first;
}

void
aliases_clear(struct alias_table *t)
{
	free(t->text);
	free(t->entry);
	*t = (struct alias_table){ 0 };
}
