/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_SIGNATURE_FILE_H
#define STORE_SIGNATURE_FILE_H

/*
 * signature_file - a signature file on disk, read whole and checked.
 *
 * Taken is only what is safe to take: a regular file, that not everybody may
 * write to, of at most SIGNATURE_FILE_MAX bytes.  Symbolic links are followed.
 * Never waits: a FIFO or device is refused before it is read.
 */

#include "policy/virus/signatures.h"

enum { SIGNATURE_FILE_MAX = 64 * 1024 * 1024 }; /* bytes: some 800,000 signatures */

/*
 * False: *why says "path:line: what, what to do", without the line where the
 * file itself is at fault; *ret is untouched.  On true the caller ends with
 * signatures_clear(), and ret->warnings has lines "path:line: what, what to do".
 */
bool signature_file_read(const char *path, const struct signature_rules *rules,
    struct signatures *ret, struct text *why);

#endif
