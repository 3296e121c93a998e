/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GLUE_CHECK_H
#define GLUE_CHECK_H

/*
 * check - what -t and --reload do: everything is checked that can be without
 * serving.
 */

#include "glue/process.h"
#include "glue/settings.h"

/*
 * Root judges with the rights of the user that the service will have: `who`,
 * else the one that bears the program's name, for good.  So the configuration
 * is read a second time, as the service will read it at a reload.  Then -t
 * prints it, --reload signals.  An exit code; what is wrong is on stderr.
 */
int check_main(const struct program *p, const struct args *a, const struct identity *who);

/* Writes *why to stderr behind the program's name, clears it; returns code. */
int check_complain(const struct program *p, int code, struct text *why);

#endif
