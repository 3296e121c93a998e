/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GLUE_ARGS_H
#define GLUE_ARGS_H

/*
 * args - the command line that every milter has.
 */

#include "glue/program.h"

enum { OVERRIDES_MAX = 100, ARG_TABLES = 2 };

struct args {
	const char *config; /* -c, or NULL; whole where we go to the background */
	char *whole_config; /* what config is then, to be freed; or NULL */
	char *socket;       /* "socket=..." from -p, to be freed; or NULL */
	char *override[OVERRIDES_MAX];
	size_t overrides;
	bool foreground, test;
	long reload;          /* pid for --reload; 0: none */
	char *default_config; /* what is read without -c, if it is there; to be freed */
};

/*
 * Reads argv.  Returns -1 to go on, else the exit code: 0 after --help and
 * --version, EX_USAGE with a line on stderr after a mistake.
 */
int args_read(struct args *a, const struct program *p, int argc, char **argv);
void args_clear(struct args *a);

#endif
