/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_QUOTA_MAILBOX_NAME_H
#define POLICY_QUOTA_MAILBOX_NAME_H

/*
 * mailbox_name - what a mailbox may be called.
 *
 * A mailbox is where a user's mail is saved.  Its name comes from mail and is
 * looked up in files and handed to servers, so it holds printable bytes alone,
 * in lower case (ASCII), no '/', and begins with neither '-' nor '.'.  Pure and
 * thread-safe.
 */

#include "base/slice.h"
#include "policy/name_list.h"

enum { MAILBOX_NAME_MAX = 320 }; /* RFC 5321 4.5.3.1: 64 + "@" + 255 */

struct mailbox_name {
	char text[MAILBOX_NAME_MAX + 1]; /* not terminated */
	size_t len;
};

static inline struct slice
mailbox_slice(const struct mailbox_name *n)
{
	return (struct slice){ n->text, n->len };
}

/* Folds the case of a local part without quotes; false for what cannot be a mailbox. */
bool mailbox_name(struct slice local, struct mailbox_name *ret);

#endif
