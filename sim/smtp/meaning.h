/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_MEANING_H
#define SIM_MEANING_H

/*
 * meaning - the address that an address stands for, by the rules of an MTA that
 * takes user%there for user@there and there!user too.
 *
 * Addresses have no brackets.  Outer ones have quotes where RFC 5322 3.4.1 wants
 * them, inner ones have none anywhere: what comes before their last @ is the local
 * part.  An @, % or ! in quotes is none.  Results are appended to *out.  Pure but
 * for memory.
 */

#include "base/text.h"

/* An inner address as an outer one. */
void meaning_outer(struct slice inner, struct text *out);

/* ... and the other way. */
void meaning_inner(struct slice outer, struct text *out);

/*
 * With a domain: there!user is user@there, else the last % is an @, else it is
 * user@origin.  A source route goes, and the dot behind a domain.
 */
void meaning_rewritten(struct slice outer, struct slice origin, struct text *out);

/* Whose mail stays here. */
struct meaning_place {
	bool (*ours)(const void *self, struct slice domain);
	const void *self;
	struct slice host;
};

/*
 * Where it goes in the end: as long as the domain is ours what is in front of it
 * may say another one, in quotes too.  Nobody at all is MAILER-DAEMON.
 */
void meaning_resolved(
    const struct meaning_place *p, struct slice outer, struct text *out);

#endif
