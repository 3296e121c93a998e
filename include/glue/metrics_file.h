/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GLUE_METRICS_FILE_H
#define GLUE_METRICS_FILE_H

/*
 * metrics_file - puts a small file in the place of another, in one step.
 */

#include "base/slice.h"

/*
 * `content` becomes the file `path`, readable for everybody whatever the umask:
 * its reader is another user.  It is made as PATH.tmp, anew, so that neither a
 * link nor a pipe of that name is written to.  0, or errno: then the old file
 * stays as it is.
 */
int metrics_file_put(const char *path, struct slice content);

#endif
