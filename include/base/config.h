/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

/*
 * config - `key = value` files, read into a struct by a table.
 *
 * A program says once, in a table of rows, which keys it has, their types,
 * ranges and defaults, and where in its options struct each value goes.  The
 * file, the -o switch, the check of -t and the printed effective configuration
 * all come from that table.  The syntax is libconfuse's: words may stand bare,
 * values with blanks want "quotes", lists are { a, b }, comments begin with #.
 *
 * An unknown key, one that is set twice, a value of the wrong type or out of range
 * is an error that names file and line; so is a file that everybody may write to.
 * Nothing of the options struct is to be used after an
 * error but config_clear().
 *
 * Not thread-safe (libconfuse's scanner is not): one read at a time.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/text.h"

enum config_type {
	CONFIG_TEXT,    /* char *, owned by the struct; never NULL after a read */
	CONFIG_NUMBER,  /* long, min..max */
	CONFIG_BYTES,   /* long long; 10, 25k, 2M, 1G (powers of 1024), min..max */
	CONFIG_SECONDS, /* long; 90, 90s, 15m, 2h, 7d, min..max */
	CONFIG_BOOL,    /* bool; yes/no, true/false, on/off */
	CONFIG_CHOICE,  /* int; index into choices */
	CONFIG_MODE,    /* long; octal as in chmod(1), 0000 to 0777 */
	CONFIG_LIST,    /* struct config_list */
	CONFIG_PATH,    /* char * as CONFIG_TEXT; from / on, or empty as its default */
};

struct config_list {
	char **item; /* owned by the struct */
	size_t count;
};

struct config_row {
	const char *key;
	enum config_type type;
	size_t offset;        /* offsetof the member in the options struct */
	const char *fallback; /* the default, written as in a file; for a list: a, b */
	long long min, max;   /* both inclusive; 0, 0 = no limits but not negative */
	const char *const *choices; /* NULL-terminated, for CONFIG_CHOICE */
	const char *what;           /* one line for people */
};

struct config_table {
	const struct config_row *row;
	size_t count;
};

/*
 * Fills `options`: first with every row's default, then from the file (path
 * NULL: none), then from `overrides`, an array of n "key=value" strings as -o
 * takes them.  Several tables may fill one struct.  False: *why says what is
 * wrong as "file:line: what, what to do"; the caller calls config_clear().
 */
bool config_read(const struct config_table *tables, size_t ntables, const char *path,
    char *const *overrides, size_t noverrides, void *options, struct text *why);

/* Writes every key with its effective value, in file syntax; readable again. */
void config_print(
    FILE *to, const struct config_table *tables, size_t ntables, const void *options);

/* Whether both structs hold the same value of that row. */
bool config_row_equal(const struct config_row *row, const void *a, const void *b);

/* Frees what the rows own; safe on a zeroed struct and to call twice. */
void config_clear(const struct config_table *tables, size_t ntables, void *options);

#endif
