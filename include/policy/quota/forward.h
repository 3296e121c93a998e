/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_QUOTA_FORWARD_H
#define POLICY_QUOTA_FORWARD_H

/*
 * forward - what the entries of a .forward file or of an alias stand for.
 *
 * Entries are parted by commas and line ends, not within quotes; a line that
 * begins with # is a comment.  Each entry is of one kind:
 *
 *	\user  user  "user"  user@here  user+x     FORWARD_SELF
 *	anything else with or without an @         FORWARD_ADDRESS
 *	|program  "|program a, b"                  FORWARD_PROGRAM
 *	/path                                      FORWARD_FILE
 *	:include:/path                             FORWARD_INCLUDE
 *
 * What cannot be read is an address: sendmail would try to send to it, and so
 * the mail is not simply saved here.  Checked against sendmail -bv, see
 * t/unit/check_forward.c.  Pure and thread-safe.
 */

#include "policy/quota/mailbox_name.h"

/* What the lines of a .forward file or an alias stand for, as bits. */
enum forward_kind {
	FORWARD_SELF = 1 << 0,    /* the mailbox itself: \user, user@here, user+x */
	FORWARD_ADDRESS = 1 << 1, /* any other address */
	FORWARD_PROGRAM = 1 << 2, /* |program: may answer, as vacation(1) does */
	FORWARD_FILE = 1 << 3,    /* /path */
	FORWARD_INCLUDE = 1 << 4, /* :include:/path */
};

struct forward_owner {
	struct slice name;        /* of the user or the alias, lower case */
	struct name_list domains; /* that are this host */
	const char *delimiters;   /* between user and detail */
};

/* The kinds of all entries; 0 when there is none. */
unsigned forward_kinds(struct slice list, const struct forward_owner *owner);

/*
 * If the list is exactly one address of this host, other than the owner: its
 * local part, borrowed from the list; else empty.
 */
struct slice forward_single_local(struct slice list, const struct forward_owner *owner);

#endif
