/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_FILE_H
#define BASE_FILE_H

/*
 * file - a small file read whole.
 *
 * Only a regular file is read (a FIFO would hang us), only up to `most` bytes,
 * and only if nobody writes to it meanwhile.  False: *why says "path: what, what
 * to do"; *ret is empty.  Thread-safe.
 */

#include <sys/stat.h>

#include "base/text.h"

/* What an administrator wrote: not a file that everybody may write to. */
bool file_read(const char *path, size_t most, struct text *ret, struct text *why)
    __attribute__((warn_unused_result));

/* Another file, or one that was written to. */
bool file_differs(const struct stat *a, const struct stat *b);

#endif
