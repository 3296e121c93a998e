/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_ADDRESS_ADDRESS_ENTRY_H
#define POLICY_ADDRESS_ADDRESS_ENTRY_H

/*
 * address_entry - what one entry of any list of addresses means; milter-lists(5)
 * is this table with examples.
 *
 *	user@domain.example   that address
 *	user                  the mailbox of that name on this host: no dot in it, or
 *	                      in quotes
 *	user@                 that user of any domain, or of none
 *	domain.example        every address of that domain; also @domain.example, and
 *	                      @name for a domain without a dot
 *	.domain.example       every address of every domain below it
 *	<>                    the null sender
 *	all                   everybody
 *
 * An entry without detail stands for every detail too, one with a detail for
 * that alone.  Pure.
 */

#include "policy/address/address_key.h"

enum address_form { /* bits, so that a list can say which it has */
	ADDRESS_FORM_ADDRESS = 1 << 0,
	ADDRESS_FORM_MAILBOX = 1 << 1,
	ADDRESS_FORM_USER = 1 << 2,
	ADDRESS_FORM_DOMAIN = 1 << 3,
	ADDRESS_FORM_BELOW = 1 << 4,
	ADDRESS_FORM_NULL = 1 << 5,
	ADDRESS_FORM_ALL = 1 << 6,
};

struct address_entry {
	enum address_form form;
	size_t len; /* 0: the line holds no entry */
	/*
	 * As a struct address_key has it: "user@domain", "user", "user@",
	 * "domain", ".domain"; "<>" and "all".
	 */
	char bytes[1 + sizeof((struct address_key *)0)->bytes];
};

enum { ADDRESS_ENTRY_LINE_MAX = 1000 }; /* bytes of a line, comment included */

/*
 * Takes the next word off a line of a list: blanks in quotes belong to it, a
 * comment (# at the start or behind a blank) ends the line.  Empty: no more.
 */
struct slice address_entry_word(struct slice *line);

/* Reads one word.  NULL, or what is wrong and what to do. */
const char *address_entry_read(struct slice word, struct address_entry *ret);

/* What no line of a list may hold, whatever its words: NULL, or what and what to do. */
const char *address_entry_line_fault(struct slice line);

#endif
