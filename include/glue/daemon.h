/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GLUE_DAEMON_H
#define GLUE_DAEMON_H

/*
 * daemon - the whole life of a milter program around one policy.
 *
 * A program's main.c describes itself in a struct program and calls
 * daemon_main(): options and configuration, log, socket, privileges,
 * background, libmilter, reload on SIGHUP and SIGUSR1, summary lines, drain
 * on SIGTERM, exit code (sysexits.h).  The keys that every milter has are
 * listed in glue/options.h; a program adds its own.
 */

#include "glue/program.h"

int daemon_main(const struct program *program, int argc, char **argv);

#endif
