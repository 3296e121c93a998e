/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_ALIAS_FILE_H
#define STORE_ALIAS_FILE_H

/*
 * alias_file - the site's alias files, looked at again when they change.
 *
 * At most every ALIAS_LOOK_MS the files' times and sizes are compared, and a
 * changed file is read again: an administrator runs newaliases and does not
 * think of us.  That is a job for a worker, for a file may lie on a file server
 * that is dead: whoever asks when it is time to look waits for it, `limit_ms`
 * at most; he then, and all others meanwhile, use what was read last.  A file that
 * cannot be read, or was not read yet, makes every name not known, and says so.
 *
 * Thread-safe.
 */

#include "base/report.h"
#include "policy/quota/quota_world.h"
#include "store/workers.h"

enum { ALIAS_LOOK_MS = 5000, ALIAS_FILE_MAX = 64 << 20 };

struct alias_files;

/*
 * Copies the paths; all else, and what `here` points to, must outlive it.  Reads the
 * files for the first time.  NULL: out of memory.
 */
struct alias_files *alias_files_new(struct name_list paths,
    const struct forward_owner *here, struct workers *workers, unsigned limit_ms,
    const struct report *report);

enum knowledge alias_files_find(
    struct alias_files *f, struct slice name, struct alias *ret);

/* Names in all files, for a line in the log. */
size_t alias_files_count(struct alias_files *f);

/* When no worker is at it any more: from the `last` of workers_close().  Takes NULL. */
void alias_files_free(struct alias_files *f);

#endif
