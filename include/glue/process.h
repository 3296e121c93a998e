/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GLUE_PROCESS_H
#define GLUE_PROCESS_H

/*
 * process - what a daemon asks of the operating system about itself.
 */

#include <sys/types.h>

#include "base/text.h"

/*
 * Goes to the background.  Returns in the child; the parent waits there until
 * the child calls process_ready() or ends, and exits with 0 or the child's own
 * code: so whoever started us learns whether we serve.  False: *why.
 */
bool process_background(struct text *why);

/* Tells a waiting parent and systemd (sd_notify(3)) that we serve. */
void process_ready(void);

/* Tells systemd "RELOADING=1", "STOPPING=1"...; nothing without NOTIFY_SOCKET. */
void process_notify(const char *state);

struct identity {
	uid_t uid;
	gid_t gid;
	char name[64];
};

/* Looks `user` up; an empty name is who we are.  False: *why. */
bool process_identity(const char *user, struct identity *ret, struct text *why);

/* Becomes that user for good, with its groups.  Nothing when we are it. */
bool process_become(const struct identity *who, struct text *why);

/*
 * Raises the soft limit of open files to the hard one, keeps thread stacks
 * small, and ignores SIGPIPE and SIGXFSZ, which would end us for others'
 * faults.
 */
void process_limits(void);

#endif
