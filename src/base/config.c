/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/config.h"

#include "base/config_set.h"

/* A file writes { a, "b c" }, and so may -o; with one brace alone it is a slip. */
static bool
without_braces(struct slice *value)
{
	bool opens = value->len > 0 && value->ptr[0] == '{';
	bool closes = value->len > 0 && value->ptr[value->len - 1] == '}';

	if (opens != closes || (opens && value->len < 2))
		return false;
	if (opens)
		*value = slice_trim(slice_from(slice_first(*value, value->len - 1), 1));
	return true;
}

/* Up to the next comma that is not in quotes, without quotes around the whole. */
static struct slice
take_item(struct slice *rest)
{
	bool quoted = false;
	size_t n;

	for (n = 0; n < rest->len && (quoted || rest->ptr[n] != ','); n++) {
		if (rest->ptr[n] == '"')
			quoted = !quoted;
	}
	struct slice item = slice_trim(slice_first(*rest, n));
	*rest = slice_from(*rest, n + 1);
	if (item.len >= 2 && item.ptr[0] == '"' &&
	    slice_find_last(item, '"') + 1 == item.len)
		item = slice_from(slice_first(item, item.len - 1), 1);
	return item;
}

/* "a, b" as defaults and -o write a list; the empty string is the empty list. */
static bool
take_list(const struct config_row *row, struct slice value, const char *from,
    void *options, struct text *why)
{
	config_list_clear(config_member(options, row));
	if (!without_braces(&value)) {
		text_printf(why, "%s: %s = '", from, row->key);
		text_append_escaped(why, value, 80);
		text_printf(why, "': one brace alone; write a, b or { a, b }");
		return false;
	}
	while (value.len > 0) {
		if (!config_take(row, take_item(&value), from, 0, options, why))
			return false;
	}
	return true;
}

static bool
take_line(const struct config_row *row, struct slice value, const char *from,
    void *options, struct text *why)
{
	if (row->type == CONFIG_LIST)
		return take_list(row, value, from, options, why);
	return config_take(row, value, from, 0, options, why);
}

static bool
take_override(const struct config_table *tables, size_t ntables, const char *setting,
    void *options, struct text *why)
{
	struct slice whole = slice_of(setting);
	struct slice key = slice_first(whole, slice_find(whole, '='));
	struct slice value = slice_trim(slice_from(whole, key.len + 1));
	const struct config_row *row = config_find(tables, ntables, slice_trim(key));

	if (row != NULL && key.len < whole.len)
		return take_line(row, value, "-o", options, why);
	text_printf(why, "-o '");
	text_append_escaped(why, whole, 80);
	text_printf(why, "': %s",
	    key.len == whole.len ? "want key=value"
				 : "no such option; -t prints the keys");
	return false;
}

bool
config_read(const struct config_table *tables, size_t ntables, const char *path,
    char *const *overrides, size_t noverrides, void *options, struct text *why)
{
	for (size_t t = 0; t < ntables; t++) {
		for (size_t i = 0; i < tables[t].count; i++) {
			const struct config_row *row = &tables[t].row[i];
			if (!take_line(
				row, slice_of(row->fallback), "default", options, why))
				return false;
		}
	}
	if (path != NULL && !config_read_file(tables, ntables, path, options, why))
		return false;
	for (size_t i = 0; i < noverrides; i++) {
		if (!take_override(tables, ntables, overrides[i], options, why))
			return false;
	}
	return true;
}

static bool
lists_equal(const struct config_list *a, const struct config_list *b)
{
	bool same = a->count == b->count;

	for (size_t i = 0; same && i < a->count; i++)
		same = strcmp(a->item[i], b->item[i]) == 0;
	return same;
}

bool
config_row_equal(const struct config_row *row, const void *a, const void *b)
{
	const char *x = (const char *)a + row->offset, *y = (const char *)b + row->offset;

	switch (row->type) {
	case CONFIG_TEXT:
	case CONFIG_PATH:
		return strcmp(*(char *const *)(const void *)x,
			   *(char *const *)(const void *)y) == 0;
	case CONFIG_LIST: return lists_equal((const void *)x, (const void *)y);
	case CONFIG_BOOL: return *(const bool *)x == *(const bool *)y;
	case CONFIG_CHOICE: return memcmp(x, y, sizeof(int)) == 0;
	case CONFIG_BYTES: return memcmp(x, y, sizeof(long long)) == 0;
	case CONFIG_SECONDS:
	case CONFIG_NUMBER:
	case CONFIG_MODE: return memcmp(x, y, sizeof(long)) == 0;
	}
	return false;
}

void
config_clear(const struct config_table *tables, size_t ntables, void *options)
{
	for (size_t t = 0; t < ntables; t++) {
		for (size_t i = 0; i < tables[t].count; i++)
			config_row_clear(&tables[t].row[i], options);
	}
}
