/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How: outside of quotes and comments only an assignment has an equal sign, so
 * the word before it is a key.  libconfuse itself takes the last one in silence,
 * and tells nobody of `{}`.
 */
#include <stdlib.h>

#include "base/config_set.h"

struct keys {
	const struct config_table *tables;
	size_t ntables;
	const char *path;
	struct text *why;
	int *lines; /* where each row is set, in the order of the tables; 0: nowhere */
};

static size_t
count_rows(const struct keys *k)
{
	size_t n = 0;

	for (size_t t = 0; t < k->ntables; t++)
		n += k->tables[t].count;
	return n;
}

static int *
line_of(const struct keys *k, const struct config_row *row)
{
	const struct config_table *t = k->tables;
	size_t before = 0;

	while (row < t->row || row >= t->row + t->count)
		before += t++->count;
	return &k->lines[before + (size_t)(row - t->row)];
}

/* Whichever of two lines held, somebody would have meant the other one. */
static bool
note(const struct keys *k, struct slice key, int line)
{
	const struct config_row *row = config_find(k->tables, k->ntables, key);
	int *first = row != NULL ? line_of(k, row) : NULL;

	if (first == NULL) /* libconfuse will say so */
		return true;
	if (*first == 0) {
		*first = line;
		return true;
	}
	config_say_place(k->path, line, k->why);
	text_printf(
	    k->why, "%s is set in line %d already, keep one of them", row->key, *first);
	return false;
}

static bool
ends_word(char c)
{
	return c == '\0' || strchr(" \t\r\n\"'={},", c) != NULL;
}

/* The word at the end of `before`, which may have blanks behind it. */
static struct slice
last_word(struct slice before)
{
	struct slice s = slice_trim(before);
	size_t from = s.len;

	while (from > 0 && !ends_word(s.ptr[from - 1]))
		from--;
	return slice_from(s, from);
}

/* How much stands in quotes or in a comment of C at the front; 0: nothing does. */
static size_t
skip(struct slice s)
{
	size_t n = 1;

	if (s.ptr[0] == '"' || s.ptr[0] == '\'') {
		while (n < s.len && s.ptr[n] != s.ptr[0])
			n += s.ptr[n] == '\\' ? 2 : 1;
		return n < s.len ? n + 1 : s.len;
	}
	if (slice_starts(s, SLICE("//")))
		return slice_find(s, '\n');
	if (!slice_starts(s, SLICE("/*")))
		return 0;
	while (n < s.len && !slice_starts(slice_from(s, n), SLICE("*/")))
		n++;
	return n;
}

static int
lines_in(struct slice s)
{
	int n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += s.ptr[i] == '\n';
	return n;
}

/* `list += { b }` adds to what there is, and "+" or "list+" is no key. */
static bool
all_once(const struct keys *k, struct slice content)
{
	int line = 1;
	bool begins = true; /* a word, at i */
	size_t n;

	for (size_t i = 0; i < content.len; i += n) {
		char c = content.ptr[i];

		n = begins ? skip(slice_from(content, i)) : 0;
		n = n > 0 ? n : 1;
		line += lines_in(slice_first(slice_from(content, i), n));
		begins = ends_word(c);
		if (c == '=' && !note(k, last_word(slice_first(content, i)), line))
			return false;
	}
	return true;
}

bool
config_keys_once(const struct config_table *tables, size_t ntables, const char *path,
    struct slice content, struct text *why)
{
	struct keys k = { tables, ntables, path, why, NULL };

	k.lines = calloc(count_rows(&k) + 1, sizeof *k.lines);
	if (k.lines == NULL) {
		text_printf(why, "%s: out of memory", path);
		return false;
	}
	bool ok = all_once(&k, content);
	free(k.lines);
	return ok;
}
