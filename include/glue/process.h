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

/* Tells a waiting parent that we serve. */
void process_ready(void);

/*
 * Tells systemd "READY=1", "RELOADING=1", "STATUS=..." as sd_notify(3) does;
 * nothing without NOTIFY_SOCKET.
 */
void process_notify(const char *state);

struct identity {
	uid_t uid;
	gid_t gid;
	char name[64];
};

/* Looks `user` up; an empty name is who we are.  False: *why. */
bool process_identity(const char *user, struct identity *ret, struct text *why);

/* Looks a group up; an empty name is (gid_t)-1.  False: *why. */
bool process_group(const char *name, gid_t *ret, struct text *why);

/*
 * Root acts with the rights of that user and group, so that what is made is
 * theirs from the start and no path that they could bend is followed with more
 * than their own rights; until process_act_as_root().  `group` (gid_t)-1: the
 * user's own.  Nothing when we are not root, or that user is root.
 */
bool process_act_as(const struct identity *who, gid_t group, struct text *why);
void process_act_as_root(void);

/* Becomes that user for good, with its groups.  Nothing when we are it. */
bool process_become(const struct identity *who, struct text *why);

/*
 * Raises the soft limit of open files to the hard one, keeps thread stacks
 * small, and ignores SIGPIPE and SIGXFSZ, which would end us for others'
 * faults.
 */
void process_limits(void);

#endif
