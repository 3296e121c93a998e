/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_MAILDIR_H
#define STORE_MAILDIR_H

/*
 * maildir - a directory in which messages appear whole or not at all.
 *
 *	DIR/tmp/       being written; left-overs of a crash
 *	DIR/new/       finished messages, as any Maildir reader expects
 *	DIR/cur/       where a reader moves them; never touched here
 *	DIR/envelope/  NAME.json for the message NAME
 *	DIR/.lock      held while a daemon uses the directory
 *
 * DIR must exist; what is missing below it is made, mode 0700.  All work goes
 * through directory descriptors, so nobody can swap a folder under us, and no
 * name in it ever comes from mail.
 *
 * A name is SECONDS.MmicrosecondsSstartQnumber.HOST: number counts up within
 * one start, start is the time in nanoseconds at which the directory was
 * opened.  No pid (in a container it is always 1) and no chance; names differ
 * even if the clock steps back.
 *
 * flock() cannot tell two openings of one process apart, and a reload opens
 * the directory while the old rules still use it: openings of one process
 * share one struct, counted.  Thread-safe.
 */

#include "base/text.h"

enum {
	MAILDIR_NAME_MAX = 200,
	MAILDIR_LEFTOVER_AGE = 36 * 3600, /* seconds; maildir(5) gives readers the same */
};

struct maildir;

/*
 * Opens, locks and cleans tmp/ of left-overs.  `path` must be a directory and
 * no link, belong to the process's user, and not be open to everybody.  NULL: *why says
 * what is wrong with which path and what to do.
 */
struct maildir *maildir_open(const char *path, struct text *why);

/* Whether `path` could be opened, without a lock and without changes. */
bool maildir_check(const char *path, struct text *why);

/* One more user of an open one; each user closes. */
struct maildir *maildir_share(struct maildir *m);

void maildir_close(struct maildir *m); /* takes NULL */

/*
 * False: somebody has moved the directory away, put another or a link in its
 * place, or nothing is there.
 */
bool maildir_is_at(const struct maildir *m, const char *path);

/* Somebody has removed the directory behind our back. */
bool maildir_gone(const struct maildir *m);

/* Bytes that an ordinary user could still write; false when nobody can tell. */
bool maildir_free_bytes(const struct maildir *m, unsigned long long *ret);

/* A name that never was and never will be given again. */
void maildir_name(struct maildir *m, char ret[MAILDIR_NAME_MAX]);

/* A new file in tmp/, mode 0600; -1 and errno.  EEXIST even for a planted link. */
int maildir_create(struct maildir *m, const char *name);

/* Removes from tmp/; what is not there is no error. */
void maildir_discard(struct maildir *m, const char *name);

/*
 * Moves NAME and its sidecar from tmp/ to their final names and makes that
 * durable; both files must be synced already.  0, or an errno: then nothing is
 * left under either name.  Never replaces a file.
 */
int maildir_publish(struct maildir *m, const char *name, const char *sidecar);

/* How many left-overs were removed when it was opened. */
size_t maildir_cleaned(const struct maildir *m);

#endif
