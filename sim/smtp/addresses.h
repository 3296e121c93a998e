/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_ADDRESSES_H
#define SIM_ADDRESSES_H

/*
 * addresses - the addresses in a text, as RFC 822 6 has them and as an MTA reads
 * them that asks no more: display names, comments, groups, blanks anywhere, and
 * words in a row, of which each is an address.
 *
 * What cannot be read stays as it is; nothing fails but for a lack of room.
 * Pure but for memory.
 */

#include "base/text.h"

/*
 * How many addresses there are.  *ret is the last of them, without comments and
 * blanks, its local part in quotes only where it needs them (RFC 5322 3.4.1).
 */
size_t addresses_last(struct slice text, struct text *ret);

/* The same, and *ret the first of them. */
size_t addresses_first(struct slice text, struct text *ret);

/*
 * `value` of a header field called `name`.  True: an address was none that
 * meaning_rewritten() leaves as it is; every one gets its domain, and *out is the whole
 * list anew, one blank between its parts, a comma between words in a row, folded by LF
 * and a tab so that no line with two addresses is over 70 bytes.  False: *out means
 * nothing.
 */
bool addresses_complete(
    struct slice name, struct slice value, struct slice host, struct text *out);

/* The colon behind the name of the group that s begins with; s.len: none. */
size_t address_group(struct slice s);

struct address_mailer {
	/* Appends the path, comments and all, as mail shows it: where it stood in
	 * brackets with those, else with its group's name in front. */
	void (*mailed)(void *self, struct slice path, struct text *out);
	void *self;
};

/*
 * Appends `value` to *out, each address as the mailer has it, names in quotes where they
 * need them, one comma and blank between, folded so that no line with two addresses is
 * over 78 bytes.  Commas part them; `words`: blanks.  False: it has a NUL and stays.
 */
bool addresses_mailed(struct slice name, struct slice value, bool words,
    const struct address_mailer *mailer, struct text *out);

#endif
