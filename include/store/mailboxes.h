/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_MAILBOXES_H
#define STORE_MAILBOXES_H

/*
 * mailboxes - the world behind the quota policy: who is a user, how full his
 * mailbox is, where his mail goes.
 *
 * Each answer is taken from a cache while it is good, else looked up in a
 * worker and waited for no longer than the time limit.  What does not come in
 * time is not known, and is reported once a minute per cause:
 *
 *	late  busy  aliases  users  maildir  mbox  server  forward
 *
 * An answer that says full is `certain` for FULL_CERTAIN_MS only; the policy
 * then asks again.
 *
 * Thread-safe, but for new and close.
 */

#include "base/report.h"
#include "store/look_up.h"
#include "store/mailbox_figures.h"

enum {
	FULL_CERTAIN_MS = 5000,
	NOBODY_LIFETIME_MS = 60000, /* a new account is seen after this */
};

struct mailboxes_config {
	enum usage_source source;
	const char *maildir;     /* beneath the home */
	const char *spool;       /* directory of mbox files */
	const char *limits_path; /* "": none */
	const char *server;      /* for dialog_new() */
	const char *map;         /* name of the socketmap */
	const char *homes;       /* folder with a home for each mailbox; "": passwd */
	struct name_list aliases, forward_files, exempt_files, domains;
	const char *delimiters;
	bool honour_unsafe_forward;
	unsigned time_limit_ms, user_lifetime_ms, answer_lifetime_ms;
	unsigned threads;
	size_t cache_entries;
	struct mailbox_totals *totals; /* outlives all look-ups; NULL: nobody counts */
};

struct mailboxes;

/*
 * Copies what it is given; `report` must outlive every look-up.  NULL: *why
 * says "what, what to do".
 */
struct mailboxes *mailboxes_new(
    const struct mailboxes_config *config, const struct report *report, struct text *why);

/* The ports of quota_rules. */
struct quota_world mailboxes_port(struct mailboxes *m);

/* Appends "120 aliases, 3 limits". */
void mailboxes_announce(struct mailboxes *m, struct text *line);

/* How many there are of each. */
size_t mailboxes_aliases(struct mailboxes *m);
size_t mailboxes_limits(const struct mailboxes *m);

/* Nobody asks any more.  Frees all, when the last hanging look-up has ended. */
void mailboxes_close(struct mailboxes *m); /* takes NULL */

#endif
