/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_REPLY_H
#define POLICY_REPLY_H

/*
 * reply - an SMTP reply line as configured: "550 5.7.0 VIRUS FOUND".
 *
 * A template may hold %v (or another letter that the policy names) for what
 * was found, and %% for a per cent sign.  Templates are checked when they are
 * read, so that an expanded reply always passes smfi_setreply(): code 4yz or
 * 5yz (RFC 5321 4.2), enhanced code of the same class (RFC 3463), text of
 * printable ASCII, the whole within libmilter's 980 bytes.
 *
 * Text of a reply is plain: glue doubles % on its way into libmilter.
 * Pure and thread-safe.
 */

#include "base/text.h"

enum { REPLY_TEXT_MAX = 512 }; /* RFC 5321 4.5.3.1.5: a reply line has 512 octets */

/* A reply as it is sent: nothing in it stands for anything else. */
struct reply {
	char code[4];      /* "550" */
	char enhanced[12]; /* "5.7.0" */
	char text[REPLY_TEXT_MAX + 1];
};

/* A reply as configured; of use only through reply_expand(). */
struct reply_template {
	struct reply unexpanded;
};

/*
 * Reads the template that `key` of the configuration has.  `class` is '5' for a
 * policy that rejects, '4' for one that tempfails, 0 for either; `letters` lists
 * the letters that may follow a per cent sign ("v").  False: *why says what is
 * wrong, with the key.
 */
bool reply_parse(const char *key, struct slice line, char class, const char *letters,
    struct reply_template *ret, struct text *why);

/*
 * Puts `value` in place of %letter and % in place of %%.  What does not fit is
 * cut; bytes of value that may not stand in a reply become '?'.
 */
void reply_expand(const struct reply_template *template, char letter, struct slice value,
    struct reply *ret);

/* A template without letters, as it is sent; as reply_parse(). */
bool reply_parse_plain(
    const char *key, struct slice line, char class, struct reply *ret, struct text *why);

#endif
