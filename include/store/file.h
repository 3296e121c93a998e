/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_FILE_H
#define STORE_FILE_H

/*
 * file - a small file read whole.
 *
 * Only a regular file is read (a FIFO would hang us), and only up to `most`
 * bytes.  False: *why says "path: what, what to do"; *ret is empty.
 * Thread-safe.
 */

#include "base/text.h"

/* What an administrator wrote: not a file that everybody may write to. */
bool file_read(const char *path, size_t most, struct text *ret, struct text *why)
    __attribute__((warn_unused_result));

#endif
