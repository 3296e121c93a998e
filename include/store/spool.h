/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_SPOOL_H
#define STORE_SPOOL_H

/*
 * spool - a message kept until somebody has judged it.
 *
 * In memory up to a limit; what is larger goes into a file that has no name
 * from the moment on that it is made, so nothing is left behind however we
 * end, and nothing from mail is part of a path.  One thread at a time.
 */

#include "base/report.h"
#include "base/text.h"

struct spool;

/*
 * `memory` bytes are kept without a file; `folder` (borrowed) is where files
 * go.  Trouble with a file is said to `report`.  NULL when memory is out.
 */
struct spool *spool_new(size_t memory, const char *folder, const struct report *report);
void spool_free(struct spool *s); /* takes NULL */

/* Appends.  False: reported; nothing may follow but spool_free(). */
bool spool_write(struct spool *s, struct slice bytes);

unsigned long long spool_size(const struct spool *s);

/*
 * Bytes from `at` on, at most `room`, which `buffer` has: in it, or where they
 * are kept.  Empty at the end; a NULL pointer: they cannot be read back, errno.
 */
struct slice spool_read(
    const struct spool *s, unsigned long long at, char *buffer, size_t room);

/*
 * A descriptor to read all of it from the beginning, for the caller to close.  Its
 * offset is its own: whoever was given an earlier one may still be reading.  -1 and
 * errno: there can be none.  Wants /proc.
 */
int spool_descriptor(struct spool *s);

/*
 * Whether `folder` will do: ours, no link, not for others to write, and a file
 * can be made there.  False: *why says "FOLDER: what, what to do".
 */
bool spool_check(const char *folder, struct text *why);

#endif
