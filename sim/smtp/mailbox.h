/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_MAILBOX_H
#define SIM_MAILBOX_H

/*
 * mailbox - which mailbox an address means, to an MTA that reads whatever it is given.
 *
 * Comments go, and blanks with them; of several brackets the innermost counts; a source
 * route and a group's name in front of an address without brackets are passed over.  In
 * what remains the last @ parts user and domain; where there is none, there!user and then
 * user%there do.  As long as the domain is ours the user is read as an address again.
 * Pure but for memory.
 */

#include "base/text.h"
#include "sim/profile/say.h"

struct mailbox_site {
	bool (*ours)(const void *self, struct slice domain);
	const void *self;
};

/*
 * *meant is <user> of one of ours, in quotes only where it needs them, else
 * <user@domain>; <> is nobody.  *shown is how mail shows it.  What is wrong with the
 * path, or N_SAY: nothing.
 */
enum say mailbox_read(const struct mailbox_site *site, struct slice path,
    struct text *meant, struct text *shown);

/* What mail is not sent to because a stranger says so: SAY_PROGRAM ..., or N_SAY. */
enum say mailbox_kind(struct slice meant);

#endif
