/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_MAILDIR_USAGE_H
#define STORE_MAILDIR_USAGE_H

/*
 * maildir_usage - how full a user's Maildir is.
 *
 * From its maildirsize file (policy/quota/maildirsize.h) where that is good enough;
 * else by walking: the sizes of all messages in new/ and cur/ of the Maildir
 * and of each folder but Trash, from ",S=" in the name or else by stat(2).
 * Messages that are marked as deleted do not count.  A folder in place of the
 * Maildir leads to its parent.  The walk stops at its deadline, and then
 * nothing is known.  Only reads.
 *
 * May hang with the file server: run it in a worker.  Thread-safe.
 */

#include <sys/types.h>

#include "base/text.h"
#include "policy/quota/quota_world.h"

struct maildir_place {
	const char *home;
	const char *maildir; /* beneath the home */
	uid_t owner;
	uint64_t limit;        /* bytes, where maildirsize has none; 0: no quota */
	long long deadline_ms; /* of CLOCK_MONOTONIC */
};

/*
 * `certain`: good enough to refuse mail on, a walk included if need be.
 * NOT_KNOWN: *why says why.  KNOWN_NO: no Maildir, or no quota.
 */
enum knowledge maildir_usage(
    const struct maildir_place *place, bool certain, struct usage *ret, struct text *why);

#endif
