/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_SPAM_FROM_FIELD_H
#define POLICY_SPAM_FROM_FIELD_H

/*
 * from_field - every address that a reader of mail could see in a From field.
 *
 * The grammar is RFC 5322 section 3.4 with its obsolete forms (4.4): groups,
 * comments nested and escaped, quoted local parts, source routes, blanks and
 * comments around dots, empty list members; bytes above 127 are letters
 * (RFC 6532).  Encoded words (RFC 2047) are not decoded: they stand in
 * display names, where no address is, so they neither hide nor make one, nor
 * are one.  "user%b.example" and "b.example!user" alone are user@b.example, which
 * sendmail makes of them.  Marks that no reader shows, of no width, do not count as
 * letters.
 *
 * What breaks the grammar is read in every way a mail program would repair
 * it, because the question is "may this come from X", and a stray bracket
 * must not hide X: "a@b.example>", "<a@b.example", "a@b.example c@d.example",
 * an open comment, an open quote (the field is then read a second time with
 * that character as a mere separator), "a@b.example@c.example".  A display
 * name, quoted or bare, is never an address when an address in brackets
 * follows it.
 *
 * It holds its state and borrows the field; it needs no memory and
 * takes time linear in the length of the field.  Pure; one field, one thread.
 */

#include "policy/spam/field_scan.h"

enum {
	/*
	 * Octets of a local part or a domain.  RFC 5321 4.5.3.1 says 64 and 255;
	 * bounce and rewriting schemes (BATV, SRS) have longer local parts.
	 */
	FROM_PART_MAX = 255,
};

struct from_address {
	/*
	 * Without quotes, comments and blanks, case as written; empty in
	 * "@b.example" and when longer than FROM_PART_MAX.
	 */
	struct slice local;
	/*
	 * "b.example", "[192.0.2.1]"; empty in "root" and "root@".  When it is
	 * longer than FROM_PART_MAX both parts are empty.
	 */
	struct slice domain;
};

/* One part of an address while it is read; private to from_field.c. */
struct from_part {
	size_t len; /* beyond FROM_PART_MAX: too long, bytes are lost */
	char bytes[FROM_PART_MAX];
};

struct from_field {
	struct field_scan scan;
	bool done;     /* the end was told */
	bool in_angle; /* between < and > */
	bool in_host;  /* right of an @ */
	bool route;    /* began with @: perhaps a source route */
	bool lone;     /* nothing but words so far: "root" may be an address */
	enum { FROM_NOT_ASKED, FROM_PLAIN, FROM_DISPLAY } ahead;
	size_t words;
	struct from_part local, domain, ret_local, ret_domain;
};

void from_field_begin(struct from_field *r, struct slice field);

/*
 * The next address; false at the end.  A field may hold none: "", "<>",
 * "undisclosed:;", "No Address".  One address may come twice.  The slices are
 * valid until the next call.
 */
bool from_field_next(struct from_field *r, struct from_address *ret);

#endif
