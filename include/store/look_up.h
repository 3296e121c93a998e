/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_LOOK_UP_H
#define STORE_LOOK_UP_H

/*
 * look_up - one question about one mailbox, answered in a worker.
 *
 * Three questions: who is it (passwd), how full is it (maildirsize, a walk, a
 * spool file, a server), where does its mail go (.forward).  The answer goes
 * into the cache, whoever still waits for it; what could not be found out is
 * reported, with a cause of its own each:
 *
 *	users  maildir  mbox  server  forward
 */

#include "base/report.h"
#include "policy/quota/limits.h"
#include "store/dialog.h"
#include "store/known.h"
#include "store/workers.h"

enum usage_source {
	SOURCE_MAILDIR,
	SOURCE_MBOX,
	SOURCE_POLICY,    /* Postfix's policy protocol: Dovecot's quota-status */
	SOURCE_SOCKETMAP, /* Cyrus's smmapd */
};

/* Constant while look-ups run, but for what locks itself. */
struct look_up_sources {
	enum usage_source source;
	char *maildir, *spool, *map;
	char *homes; /* "": of the user database */
	struct limit_table limits;
	struct dialog *server;
	/* Beneath the home; the first that is there.  ".forward+": for a detail. */
	struct name_list forward_files;
	struct name_list exempt_files; /* beneath the home; there: nothing is checked */
	struct name_list domains;
	char *delimiters;
	bool honour_unsafe_forward;
	unsigned time_limit_ms;
	struct known_cache *cache;
	const struct report *report;
};

enum look_up_kind { LOOK_UP_ACCOUNT, LOOK_UP_USAGE, LOOK_UP_FORWARD, N_LOOK_UP_KINDS };

struct look_up {
	struct job job; /* first: the workers know no more of it */
	const struct look_up_sources *sources;
	enum look_up_kind kind;
	char name[MAILBOX_NAME_MAX + 1];
	char whole[MAILBOX_NAME_MAX + 1]; /* the same, with the detail for forward */
	struct account account;           /* for usage from files and for forward */
	uint64_t room;
	bool certain;

	struct known found; /* the answer, when the job is done */
};

/* For workers_ask(), which owns it then.  `account` may be NULL.  NULL: no memory. */
struct look_up *look_up_new(const struct look_up_sources *s, enum look_up_kind kind,
    struct slice name, const struct account *account);

/* For usage: sets what is asked for, and with it the key. */
void look_up_ask_usage(struct look_up *l, uint64_t room, bool certain);

/* For forward: the name and the detail behind it, which is cached by itself. */
void look_up_ask_detail(struct look_up *l, struct slice whole);

#endif
