/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/config_set.h"

#include <limits.h>
#include <stdlib.h>

#include "base/value.h"

void *
config_member(void *options, const struct config_row *row)
{
	return (char *)options + row->offset;
}

const struct config_row *
config_find(const struct config_table *tables, size_t ntables, struct slice key)
{
	for (size_t t = 0; t < ntables; t++) {
		for (size_t i = 0; i < tables[t].count; i++) {
			if (slice_equal(slice_of(tables[t].row[i].key), key))
				return &tables[t].row[i];
		}
	}
	return NULL;
}

static bool
in_range(const struct config_row *row, long long n)
{
	return (row->min == 0 && row->max == 0) || (n >= row->min && n <= row->max);
}

static bool
set_text(char **at, struct slice value)
{
	char *copy = strndup(value.ptr != NULL ? value.ptr : "", value.len);

	if (copy == NULL)
		return false;
	free(*at);
	*at = copy;
	return true;
}

static bool
set_choice(const struct config_row *row, struct slice value, int *at)
{
	for (int i = 0; row->choices[i] != NULL; i++) {
		if (slice_equal_nocase(slice_of(row->choices[i]), value)) {
			*at = i;
			return true;
		}
	}
	return false;
}

/* `aliases = ""` is the empty list: what has no name names nothing. */
static bool
list_add(struct config_list *list, struct slice value)
{
	if (value.len == 0)
		return true;
	char **grown = realloc(list->item, (list->count + 1) * sizeof *grown);

	if (grown == NULL)
		return false;
	list->item = grown;
	grown[list->count] = NULL;
	if (!set_text(&grown[list->count], value))
		return false;
	list->count++;
	return true;
}

void
config_list_clear(struct config_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->item[i]);
	free(list->item);
	*list = (struct config_list){ NULL, 0 };
}

/*
 * A daemon works in /: a name that does not begin there would be that of another
 * file than the one meant, or of none, and its absence may mean something.
 */
static bool
is_whole_path(const struct config_row *row, struct slice value)
{
	return value.len > 0 ? value.ptr[0] == '/' : row->fallback[0] == '\0';
}

/* One value into its member; false when it does not fit the row. */
static bool
set_value(const struct config_row *row, struct slice value, void *options)
{
	void *at = config_member(options, row);
	long long n = 0;

	switch (row->type) {
	case CONFIG_TEXT: return set_text(at, value);
	case CONFIG_PATH: return is_whole_path(row, value) && set_text(at, value);
	case CONFIG_LIST: return list_add(at, value);
	case CONFIG_BOOL: return value_bool(value, at);
	case CONFIG_CHOICE: return set_choice(row, value, at);
	case CONFIG_BYTES:
		if (!value_bytes(value, &n) || !in_range(row, n))
			return false;
		*(long long *)at = n;
		return true;
	case CONFIG_NUMBER:
		if (!value_number(value, &n))
			return false;
		break;
	case CONFIG_SECONDS:
		if (!value_seconds(value, &n))
			return false;
		break;
	case CONFIG_MODE:
		if (!value_octal(value, &n) || n > 0777)
			return false;
		break;
	}
	if (!in_range(row, n) || n > LONG_MAX)
		return false;
	*(long *)at = (long)n;
	return true;
}

static void
say_wanted(const struct config_row *row, struct text *why)
{
	static const char *const kind[] = {
		[CONFIG_TEXT] = "a text",
		[CONFIG_NUMBER] = "a whole number",
		[CONFIG_BYTES] = "a number of bytes such as 25600, 25k or 2M",
		[CONFIG_SECONDS] = "a time such as 90, 90s, 15m or 2h",
		[CONFIG_BOOL] = "yes or no",
		[CONFIG_CHOICE] = "one of",
		[CONFIG_MODE] = "an octal mode such as 0660",
		[CONFIG_LIST] = "a list",
		[CONFIG_PATH] = "a whole path, from / on",
	};

	text_printf(why, ", want %s", kind[row->type]);
	for (size_t i = 0; row->type == CONFIG_CHOICE && row->choices[i] != NULL; i++)
		text_printf(why, "%s %s", i > 0 ? "," : "", row->choices[i]);
	if (row->max > 0)
		text_printf(why, " from %lld to %lld", row->min, row->max);
}

void
config_say_place(const char *path, int line, struct text *why)
{
	if (why->len > 0)
		return; /* the first fault is the telling one */
	text_printf(why, "%s", path);
	if (line > 0)
		text_printf(why, ":%d", line);
	text_printf(why, ": ");
}

bool
config_take(const struct config_row *row, struct slice value, const char *path, int line,
    void *options, struct text *why)
{
	if (set_value(row, value, options))
		return true;
	if (why->len > 0)
		return false;
	config_say_place(path, line, why);
	text_printf(why, "%s = '", row->key);
	text_append_escaped(why, value, 80);
	if (row->type == CONFIG_TEXT || row->type == CONFIG_LIST ||
	    (row->type == CONFIG_PATH && is_whole_path(row, value))) {
		text_printf(why, "': out of memory"); /* it would fit */
		return false;
	}
	text_printf(why, "' does not fit");
	say_wanted(row, why);
	return false;
}

void
config_row_clear(const struct config_row *row, void *options)
{
	void *at = config_member(options, row);

	if (row->type == CONFIG_TEXT || row->type == CONFIG_PATH) {
		free(*(char **)at);
		*(char **)at = NULL;
	} else if (row->type == CONFIG_LIST) {
		config_list_clear(at);
	}
}
