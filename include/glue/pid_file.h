/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GLUE_PID_FILE_H
#define GLUE_PID_FILE_H

/*
 * pid_file - where scripts read whom to signal, without systemd.
 *
 * Whoever can write to such a file chooses which process root kills, and
 * whoever can bend its path chooses what root overwrites.  So it is made in a
 * folder that is root's or ours alone (glue/folder.h); any other is refused.
 * Made before rights are dropped.
 */

#include "base/text.h"

struct pid_file {
	int fd, folder_fd; /* -1: none */
	char *name;        /* in its folder */
};

#define PID_FILE_NONE                                                                    \
	{                                                                                \
		.fd = -1, .folder_fd = -1                                                \
	}

/* Writes our own pid; nothing with an empty path.  False: *why. */
bool pid_file_make(struct pid_file *p, const char *path, struct text *why);

/*
 * Removes the file; where its folder is root's and we are not root any more,
 * empties it.  Safe to call twice.
 */
void pid_file_remove(struct pid_file *p);

#endif
