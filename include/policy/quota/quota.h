/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_QUOTA_QUOTA_H
#define POLICY_QUOTA_QUOTA_H

/*
 * quota - refuses mail for a full mailbox at RCPT.
 *
 * A recipient is refused when all of this holds, asked in the order that costs
 * least:
 *
 *	the sender is neither null, postmaster nor mailer-daemon;
 *	the recipient is local and not exempt (postmaster always is);
 *	no alias stands in its place, and it is a user;
 *	used + margin >= limit, or used + SIZE > limit;
 *	its mail is saved here: no .forward sends it on, no program answers it.
 *
 * The margin is at most a tenth of the limit: else an account with a tiny
 * quota could never get mail.  A limit of 0 is no limit.
 *
 * What is known of users and mailboxes comes through struct quota_world; each
 * of its functions may say "not known", which is never a reason to refuse for
 * good: quota_rules.unknown says what then.  Only evidence that is `certain`
 * refuses; the policy asks a second time where the first answer was not.
 *
 * Pure; the world's functions are called from many threads at once.
 * Sources: RFC 1870 (SIZE), RFC 3463 X.2.2, RFC 5321 4.5.1 (postmaster),
 * RFC 5233 (detail).
 */

#include "policy/address/address_list.h"
#include "policy/policy.h"
#include "policy/quota/quota_world.h"

enum local_clients {
	LOCAL_CLIENTS_WHEN_SAFE, /* check where the MTA sends {rcpt_mailer} */
	LOCAL_CLIENTS_CHECK,
	LOCAL_CLIENTS_SKIP,
};

struct quota_rules {
	uint64_t margin;                   /* bytes */
	const char *delimiters;            /* between user and detail: "+" */
	struct name_list local_mailers;    /* values of {rcpt_mailer} that save here */
	struct name_list local_domains;    /* where the MTA sends no {rcpt_mailer} */
	const struct address_list *exempt; /* recipients; NULL: none */
	bool names_are_addresses;          /* mailboxes are named user@domain */
	bool follow_aliases;               /* an alias for one local name: check that */
	bool check_local_copy; /* .forward keeps a copy here: check all the same */
	bool check_authenticated;
	enum local_clients local_clients;
	struct reply full;     /* 5yz or 4yz */
	struct reply unknown;  /* 4yz, with tempfail_unknown */
	bool tempfail_unknown; /* else let mail through when nothing is known */
	struct quota_world world;
};

/* `rules` of its begin() is a struct quota_rules. */
extern const struct policy quota_policy;

/*
 * The SIZE= of MAIL's parameters (RFC 1870): 0 when absent or not a number,
 * UINT64_MAX when it does not fit, the largest when repeated.
 */
uint64_t quota_declared_size(const struct envelope_event *mail);

#endif
