/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_DELIVER_H
#define SIM_DELIVER_H

/*
 * deliver - where accepted mail goes, and for whom there is a mailbox.
 *
 *	null          nowhere: checked and thrown away
 *	maildir:DIR   DIR/USER/{tmp,new,cur}, a file per message
 *	mbox:DIR      DIR/USER, "From " lines
 *
 * USER is one of the names that the operator gave, never anything out of a
 * mail: those names are checked once, by user_valid().  With no names at all
 * every recipient is taken and there is one mailbox, "anyone".  What a filter
 * put into quarantine goes to ".quarantine".  Files have LF line ends.
 */

#include "base/address.h"
#include "sim/filters/message.h"
#include "sim/profile/profile.h"
#include "sim/smtp/mailbox.h"

enum delivery_kind { DELIVER_NULL, DELIVER_MAILDIR, DELIVER_MBOX };

struct delivery {
	enum delivery_kind kind;
	const char *directory; /* NULL for DELIVER_NULL */
};

struct user {
	const char *name;     /* local part, or local@domain for another domain */
	const char *fullname; /* for VRFY; NULL: none */
};

/* The mailboxes there are, and the domains that are ours. */
struct users {
	const struct user *user;
	size_t count;
	const char *const *domain;
	size_t domains;
	const struct profile *profile; /* how it reads addresses; NULL: as they are */
};

/* "null", "maildir:DIR", "mbox:DIR".  False: *why. */
bool delivery_parse(const char *words, struct delivery *ret, struct text *why);

enum { USER_NAME_MAX = 64 }; /* RFC 5321 4.5.3.1.1 */

/* Letters, digits, . _ + = @ -, not first a dot or hyphen, at most USER_NAME_MAX bytes.
 */
bool user_valid(const char *name);

/*
 * The mailbox of a path as typed, quoted or not; NULL: no such user.  user+detail
 * is user's, as with sendmail, unless it is a mailbox of its own.  postmaster is
 * always there.  "": its mail is taken and goes nowhere.
 */
const char *users_find(const struct users *u, struct slice path);

/* Is the domain empty, or one of ours? */
bool users_ours(const struct users *u, struct slice domain);

/*
 * The path that this one means: without comments and the dot behind its domain, and
 * where routes are taken, as long as the domain is ours, without that too, if what is in
 * front of it says another one (user%there, there!user).  `path` itself, or in *room and
 * cut to what that may hold.
 */
struct slice users_route(const struct users *u, struct slice path, struct text *room);

/* Its profile, or one that has nothing. */
const struct profile *users_profile(const struct users *u);

/* The path as mail shows it: as users_route(), but user%there@here stays. */
struct slice users_shown(const struct users *u, struct slice path, struct text *room);

/* ... and what users_route() and smtp/mailbox.h ask. */
struct mailbox_site users_site(const struct users *u);

/* Is mail for this path taken: into a mailbox, by a name that keeps nothing, elsewhere?
 */
bool users_take(const struct users *u, struct slice path);

/* Do both mean the same, a detail and all? */
bool users_same(const struct users *u, struct slice a, struct slice b);
/* A sender as mail shows it, without brackets, where addresses are resolved. */
void users_written(const struct users *u, struct slice path, struct text *out);

/* What users_route() makes of a path where addresses are resolved. */
struct slice users_resolved(const struct users *u, struct slice path, struct text *room);

/* Has the path no domain, or one of ours? */
bool users_local(const struct users *u, struct slice path);

/* VRFY, or EXPN, of a path that is taken: who that is.  True: it is elsewhere. */
bool users_look_up(
    const struct users *u, struct slice path, bool expand, struct text *ret);

/* VRFY: by mailbox name or a word of the full name. */
bool users_verify(const struct users *u, struct slice word, struct text *ret);

/* A mailbox and the lines, LF ends, at the head of its copy; none: a Return-Path. */
struct destination {
	const char *mailbox;
	struct slice path; /* of the recipient */
	bool gone;         /* a filter took it out, and who is the same was never added */
	struct text head;
	struct text
	    report; /* what a report of its delivery would name, and when one is wanted */
};

/*
 * Stores one copy for each destination, all or none as far as one can.
 * *log gets a line per copy.  False: *log says why not.
 */
bool deliver(const struct delivery *d, const struct message *m,
    const struct destination *to, size_t count, struct text *log);

#endif
