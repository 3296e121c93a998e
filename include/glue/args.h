/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GLUE_ARGS_H
#define GLUE_ARGS_H

/*
 * args - the command line that every milter has, and its configuration.
 */

#include "glue/daemon.h"
#include "glue/options.h"

enum { OVERRIDES_MAX = 100, ARG_TABLES = 2 };

struct args {
	const char *config; /* -c, or the default when that file exists, or NULL */
	char *socket;       /* "socket=..." from -p, to be freed; or NULL */
	char *override[OVERRIDES_MAX];
	size_t overrides;
	bool foreground, test;
	char *default_config; /* to be freed */
};

/*
 * Reads argv.  Returns -1 to go on, else the exit code: 0 after --help and
 * --version, EX_USAGE with a line on stderr after a mistake.
 */
int args_read(struct args *a, const struct program *p, int argc, char **argv);
void args_clear(struct args *a);

/* What the configuration of a program was read into. */
struct settings {
	const struct program *program;
	struct common_options *common; /* the beginning of the program's own struct */
};

/*
 * Reads the configuration as the arguments say: a new struct for
 * settings_free(), or NULL and *why.
 */
struct settings *settings_read(
    const struct program *p, const struct args *a, struct text *why);
void settings_free(void *settings); /* takes NULL */

/* Writes every key with its effective value to stdout. */
void settings_print(const struct settings *s);

#endif
