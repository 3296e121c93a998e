/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_QUOTA_QUOTA_WORLD_H
#define POLICY_QUOTA_QUOTA_WORLD_H

/*
 * quota_world - the port through which quota asks about users and mailboxes.
 *
 * store/mailboxes.h is the real one, a test has an array.  Each function may
 * say "not known".  All are called from many threads at once.  Names are as
 * policy/quota/mailbox_name.h says.
 */

#include "policy/quota/aliases.h"
#include "policy/quota/usage.h"

enum knowledge { NOT_KNOWN, KNOWN_NO, KNOWN_YES };

struct usage_question {
	struct slice mailbox;
	uint64_t room; /* bytes that must fit, for a source that judges itself */
	bool certain;  /* asked again: the last answer said full, and was not certain */
};

struct quota_world {
	enum knowledge (*alias)(void *self, struct slice name, struct alias *ret);
	enum knowledge (*user)(void *self, struct slice name);
	/* KNOWN_NO: this mailbox has no quota. */
	enum knowledge (*usage)(
	    void *self, const struct usage_question *q, struct usage *ret);
	/*
	 * KNOWN_YES: *ret_kinds are those of its .forward; KNOWN_NO: it has none.
	 * `whole` is the name and the detail behind it, which may have a .forward
	 * of its own; without detail it is the name.
	 */
	enum knowledge (*forward)(
	    void *self, struct slice name, struct slice whole, unsigned *ret_kinds);
	void *self;
};

#endif
