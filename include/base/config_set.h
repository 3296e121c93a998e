/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_CONFIG_SET_H
#define BASE_CONFIG_SET_H

/*
 * config_set - one value into one member: what the readers of a file and of -o
 * share.  Private to base/config*.c.
 */

#include "base/config.h"

void *config_member(void *options, const struct config_row *row);

/* The row of that key, or NULL. */
const struct config_row *config_find(
    const struct config_table *tables, size_t ntables, struct slice key);

/*
 * Converts and stores; a list gets the value as one more item.  False: *why
 * names path, line (0: none), key, value and what would fit.
 */
bool config_take(const struct config_row *row, struct slice value, const char *path,
    int line, void *options, struct text *why);

/* "path:line: ", unless *why already says something: the first fault tells most. */
void config_say_place(const char *path, int line, struct text *why);

void config_list_clear(struct config_list *list);

/* Frees what this row owns in the options struct. */
void config_row_clear(const struct config_row *row, void *options);

/* Whether no key of a file is set twice; `#` comments are blanked already. */
bool config_keys_once(const struct config_table *tables, size_t ntables, const char *path,
    struct slice content, struct text *why);

/* Reads the file at `path` over what `options` already holds. */
bool config_read_file(const struct config_table *tables, size_t ntables, const char *path,
    void *options, struct text *why);

#endif
