/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_RECORD_SHELF_H
#define SIM_RECORD_SHELF_H

/*
 * shelf - recordings in a folder, one file a session, bounded in size and age.
 *
 * Files are new, mode 0600, and named by the moment and a number:
 * 20261128T104251Z-000001.jsonl.  When all of them together would be above the
 * limit the oldest go; those that are older than told go too.  What lies there
 * under other names is left alone.  When something cannot be written the shelf is
 * closed for good, `fault` says why, and all further calls do nothing: a full disk
 * ends the recording, not the mail.
 *
 * One thread.
 */

#include <stdint.h>
#include <time.h>

#include "base/text.h"

struct shelf_limits {
	uint64_t bytes;   /* of all files; one session has a quarter at most */
	uint64_t seconds; /* since a file was begun; 0: for ever */
};

struct shelved {
	time_t begun;
	unsigned number;
	uint64_t size;
	bool open;
};

struct shelf {
	int folder; /* -1: closed */
	struct shelf_limits limits;
	struct shelved *file; /* oldest first */
	size_t files, room;
	unsigned last;
	uint64_t bytes;
	struct text fault; /* empty: none */
};

struct volume { /* a file that is being written */
	int fd; /* -1: none */
	unsigned number;
	uint64_t size;
};

/* Opens the folder, made if it is not there (0700).  False: *why. */
bool shelf_open(
    struct shelf *s, const char *folder, struct shelf_limits limits, struct text *why);
void shelf_close(struct shelf *s);

/* A new file; v->fd is -1 when there is none. */
void shelf_begin(struct shelf *s, struct volume *v, time_t now);

/*
 * Appends whole lines.  False: not any more, since this session is too long (then
 * the volume is as it was), or the shelf is closed.
 */
bool shelf_write(struct shelf *s, struct volume *v, struct slice lines);
void shelf_end(struct shelf *s, struct volume *v);

/* Takes away what is too old. */
void shelf_age(struct shelf *s, time_t now);

#endif
