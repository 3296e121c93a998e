/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_ADDRESS_ADDRESS_NAMES_H
#define POLICY_ADDRESS_ADDRESS_NAMES_H

/*
 * address_names - by which entries of a list one address can be meant.
 *
 * An address has two names: what the client typed, and what the MTA made of
 * it, where it says so ({rcpt_addr}, {mail_addr}).  Both are compared:
 *
 *	sendmail names a mailbox of its own host without a domain.  It keeps
 *	the domain that was typed, and where a route was typed
 *	("jones%foo.com@mx.example", "foo.com!jones") the one that leads there;
 *	Postfix names it with its domain, and {rcpt_mailer} says "local".
 *
 * Either way it is a mailbox of this host, which an entry `user` means.  A
 * mailbox that was typed without a domain, or with an address literal, belongs
 * to no domain more than to another: it counts as being in each of `here`.
 *
 * What happens behind the filter (aliases, .forward, Postfix's
 * virtual_alias_maps) is not known here; sendmail's virtusertable is.
 * Sources: runs of sendmail 8.17 and Postfix 3.7, t/integration/test_names.py.
 * Pure.
 */

#include "policy/address/address_entry.h"
#include "policy/name_list.h"
#include "policy/policy.h"

/* What a site says of its addresses; borrowed. */
struct address_habits {
	const char *delimiters;       /* that begin a detail: "+"; "" for none */
	const struct name_list *here; /* domains of this host; NULL: none is known */
};

struct address_names {
	bool null;      /* <> */
	bool refused;   /* a recipient, by the MTA itself: see address_rcpt_refused() */
	bool mailbox;   /* of this host: resolved or else typed is its name */
	bool placeless; /* ... and it was typed without a domain */
	bool resolved_known;
	bool bare; /* the MTA named it without a domain; resolved has one all the same */
	struct address_key typed, resolved;
	struct slice host; /* the MTA's own name, where placeless; borrowed */
	struct address_habits habits;
};

/* From RCPT, MAIL, or a header, which no MTA resolves. */
void address_names_rcpt(struct address_names *ret, const struct envelope_event *rcpt,
    struct address_habits habits);
void address_names_mail(struct address_names *ret, const struct envelope_event *mail,
    struct address_habits habits);
void address_names_header(struct address_names *ret, struct slice local,
    struct slice domain, struct address_habits habits);

/* True: the MTA itself has refused this recipient, and asks only to let us know. */
bool address_rcpt_refused(const struct envelope_event *rcpt);

/*
 * Asks `has` for each entry that means the address, the most specific first,
 * until it says true; of the `forms` (bits) only.  A key is as
 * policy/address/address_entry.h has it and valid during the call.
 */
struct address_question {
	bool (*has)(void *self, enum address_form form, struct slice key);
	void *self;
	unsigned forms;
};

bool address_names_ask(const struct address_names *a, const struct address_question *q);

/* The user part of the address, without detail, as resolved where that is known. */
struct slice address_names_user(const struct address_names *a);

/* Equal once both are as a key has them. */
bool address_domain_listed(const struct name_list *list, struct slice domain);

#endif
