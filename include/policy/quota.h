/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_QUOTA_H
#define POLICY_QUOTA_H

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

#include <stdint.h>

#include "policy/filter.h"

enum { MAILBOX_NAME_MAX = 320 }; /* RFC 5321 4.5.3.1: 64 + "@" + 255 */

enum knowledge { NOT_KNOWN, KNOWN_NO, KNOWN_YES };

/* What the lines of a .forward file or an alias stand for, as bits. */
enum forward_kind {
	FORWARD_SELF = 1 << 0,    /* the mailbox itself: \user, user@here, user+x */
	FORWARD_ADDRESS = 1 << 1, /* any other address */
	FORWARD_PROGRAM = 1 << 2, /* |program: may answer, as vacation(1) does */
	FORWARD_FILE = 1 << 3,    /* /path */
	FORWARD_INCLUDE = 1 << 4, /* :include:/path */
};

struct alias {
	unsigned kinds; /* of enum forward_kind */
	/* The only entry, when it is a name of this host and not the alias itself. */
	char target[MAILBOX_NAME_MAX + 1];
};

struct usage {
	enum usage_kind {
		USAGE_NUMBERS, /* the members below */
		USAGE_FITS,    /* the source itself judged: there is room */
		USAGE_FULL,    /* the source itself judged: there is none */
	} kind;
	uint64_t bytes, bytes_limit; /* limit 0: none */
	uint64_t messages, messages_limit;
	bool certain; /* fresh and exact enough to refuse mail on */
};

struct usage_question {
	struct slice mailbox;
	uint64_t room; /* bytes that must fit, for a source that judges itself */
	bool certain;  /* asked again: the last answer said full, and was not certain */
};

/* The ports.  Names are lower case, without NUL, '/' or control characters. */
struct quota_world {
	enum knowledge (*alias)(void *self, struct slice name, struct alias *ret);
	enum knowledge (*user)(void *self, struct slice name);
	/* KNOWN_NO: this mailbox has no quota. */
	enum knowledge (*usage)(
	    void *self, const struct usage_question *q, struct usage *ret);
	/* KNOWN_YES: *ret_kinds are those of its .forward; KNOWN_NO: it has none. */
	enum knowledge (*forward)(void *self, struct slice name, unsigned *ret_kinds);
	void *self;
};

struct name_list {
	char *const *item;
	size_t count;
};

enum local_clients {
	LOCAL_CLIENTS_WHEN_SAFE, /* check where the MTA sends {rcpt_mailer} */
	LOCAL_CLIENTS_CHECK,
	LOCAL_CLIENTS_SKIP,
};

struct quota_rules {
	uint64_t margin;                /* bytes */
	const char *delimiters;         /* between user and detail: "+" */
	struct name_list local_mailers; /* values of {rcpt_mailer} that save here */
	struct name_list local_domains; /* where the MTA sends no {rcpt_mailer} */
	struct name_list exempt;        /* recipients: "user" or "user@domain" */
	bool names_are_addresses;       /* mailboxes are named user@domain */
	bool follow_aliases;            /* an alias for one local name: check that */
	bool check_local_copy; /* .forward keeps a copy here: check all the same */
	bool check_authenticated;
	enum local_clients local_clients;
	struct reply full;     /* 5yz or 4yz */
	struct reply unknown;  /* 4yz, with tempfail_unknown */
	bool tempfail_unknown; /* else let mail through when nothing is known */
	struct quota_world world;
};

/* `rules` of its begin() is a struct quota_rules. */
extern const struct filter quota_filter;

/* The pure arithmetic. */
enum fullness { HAS_ROOM, TOO_LARGE, FULL };
enum fullness quota_fullness(const struct usage *u, uint64_t margin, uint64_t size);

/*
 * The SIZE= of MAIL's parameters (RFC 1870): 0 when absent or not a number,
 * UINT64_MAX when it does not fit, the largest when repeated.
 */
uint64_t quota_declared_size(const struct envelope_event *mail);

#endif
