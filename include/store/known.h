/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_KNOWN_H
#define STORE_KNOWN_H

/*
 * known - what was found out about mailboxes, for a while.
 *
 * One entry per name holds three answers, each with the time it was put there:
 * the account, the usage, the .forward.  How long an answer is good for is the
 * reader's to decide.  At most so many entries: a new name then takes the
 * place of one of four that share a place with it, the least recently put.
 *
 * Thread-safe.
 */

#include <sys/types.h>

#include "policy/quota/quota_world.h"

enum { HOME_MAX = 255 };

struct account {
	uid_t uid;
	char home[HOME_MAX + 1];
};

struct known {
	enum knowledge is_user, has_usage, has_forward;
	struct account account; /* where is_user is KNOWN_YES */
	struct usage usage;     /* where has_usage is KNOWN_YES */
	uint64_t room;          /* that was asked for with usage */
	unsigned forward;       /* where has_forward is KNOWN_YES */
	/* CLOCK_MONOTONIC, milliseconds; nothing is known where it is 0. */
	long long account_at, usage_at, forward_at;
};

struct known_cache;

struct known_cache *known_new(size_t entries); /* NULL: out of memory */
void known_free(struct known_cache *c);        /* takes NULL */

/* All zero for a name that is not there. */
struct known known_get(struct known_cache *c, struct slice name);

/*
 * Puts those answers of `k` whose time is not 0.  Without memory nothing is
 * put, and only speed is lost.
 */
void known_put(struct known_cache *c, struct slice name, const struct known *k);

#endif
