/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_CHECK_FOLDER_H
#define SIM_CHECK_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * folder - a place of its own for a milter under test, in $TMPDIR or /tmp.
 *
 * Its name is short: a unix socket's path has only 107 bytes.
 */

/* Makes one and writes its name, with NUL.  False: errno. */
bool folder_make(char *ret, size_t room);

/* With all that is in it; follows no link out of it. */
void folder_remove(const char *name);

#endif
