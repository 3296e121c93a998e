/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GLUE_SETTINGS_H
#define GLUE_SETTINGS_H

/*
 * settings - what a program's configuration was read into; shared, never changed.
 */

#include <stdatomic.h>

#include "glue/args.h"

struct settings {
	const struct program *program;
	const char *file;              /* that was read, belongs to the args; or NULL */
	struct common_options *common; /* the beginning of the program's own struct */
	atomic_uint users;
};

/*
 * Reads the configuration as the arguments say, the file anew each time: the
 * default file may have come or gone meanwhile.  A new struct with one user, or
 * NULL and *why.
 */
struct settings *settings_read(
    const struct program *p, const struct args *a, struct text *why);

/* The file that -c named is not there any more. */
bool settings_file_is_gone(const struct args *a);

/* One user more; one less, and the last one frees it.  Both thread-safe. */
struct settings *settings_hold(struct settings *s);
void settings_free(void *settings); /* takes NULL */

/* Appends the common keys whose values differ: "log-level, socket". */
void settings_append_changes(
    const struct settings *a, const struct settings *b, struct text *line);

/* Writes every key with its effective value to stdout. */
void settings_print(const struct settings *s);

#endif
