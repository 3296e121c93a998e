/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LOGGER_MILTER_EXPORT_COMMAND_H
#define LOGGER_MILTER_EXPORT_COMMAND_H

/*
 * export_command - `logger-milter --export bsmtp|mbox [--cut] FILE...`.
 *
 * Returns an exit code of sysexits.h, or -1 when the command line is not its.
 */

int export_command(int argc, char **argv);

#endif
