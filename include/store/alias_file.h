/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_ALIAS_FILE_H
#define STORE_ALIAS_FILE_H

/*
 * alias_file - the site's alias files, looked at again when they change.
 *
 * At most every ALIAS_LOOK_MS the files' times and sizes are compared, and a
 * changed file is read again: an administrator runs newaliases and does not
 * think of us.  While one thread reads, the others use the old table.  A file
 * that cannot be read makes every name not known, and says so.
 *
 * Thread-safe.
 */

#include "base/report.h"
#include "policy/quota/quota_world.h"

enum { ALIAS_LOOK_MS = 5000, ALIAS_FILE_MAX = 64 << 20 };

struct alias_files;

/*
 * Copies what it is given but `here.domains` and `here.delimiters`, which must
 * outlive it.  Reads the files for the first time.  NULL: out of memory.
 */
struct alias_files *alias_files_new(struct name_list paths,
    const struct forward_owner *here, const struct report *report);

enum knowledge alias_files_find(
    struct alias_files *f, struct slice name, struct alias *ret);

/* Names in all files, for a line in the log. */
size_t alias_files_count(struct alias_files *f);

void alias_files_free(struct alias_files *f); /* takes NULL */

#endif
