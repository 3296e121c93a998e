/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_TEXT_FILE_H
#define STORE_TEXT_FILE_H

/*
 * text_file - a file that an administrator wrote, read whole and safely.
 *
 * Taken is only a regular file, that not everybody may write to, within a
 * limit.  Symbolic links are followed.  Never waits: a FIFO or a device is
 * refused before it is read.  Thread-safe.
 */

#include "base/text.h"

/*
 * Appends the content to *ret, up to its limit.  False: *why says
 * "path: what, what to do".
 */
bool text_file_read(const char *path, struct text *ret, struct text *why);

#endif
