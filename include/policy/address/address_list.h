/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_ADDRESS_ADDRESS_LIST_H
#define POLICY_ADDRESS_ADDRESS_LIST_H

/*
 * address_list - a file of addresses and domains, a million of them if need be.
 *
 *	user@domain.example     that address
 *	domain.example          every address of that domain; also @domain.example
 *	.domain.example         every address of every domain below it
 *	user@                   that user of any domain, or of none
 *	all                     everybody, where the caller allows it
 *
 * One entry a line; blanks around it, CRLF, a byte order mark, empty lines and
 * comments ("# ..." alone or behind blanks) are left out.  A domain may hold
 * letters beyond ASCII where the build has libidn2.  A domain matches at
 * borders of labels only: gle.example never matches google.example.  Of equal
 * entries the first counts.
 *
 * In memory: one block of the entries with their line numbers and a table of 5
 * bytes a slot, at most half full: about 40 MB for 1,000,000 entries of 22
 * bytes.  A list is immutable: any number of threads may look up.
 */

#include "base/text.h"
#include "policy/address/address_key.h"

enum { ADDRESS_LIST_LINE_MAX = 1000 }; /* bytes of a line, comment included */

struct address_list;

struct address_hit {
	struct slice entry; /* "user@domain.example", lives as long as the list */
	unsigned line;
};

/*
 * Reads the content of a file; `name` is for messages and is copied.  False:
 * *why says "name:line: what, what to do" about the first bad line and how
 * many more there are, or that memory is out.
 */
bool address_list_parse(struct slice content, const char *name, bool allow_all,
    struct address_list **ret, struct text *why);

/* Which entry holds the address; the most specific one first. */
bool address_list_find(const struct address_list *list, const struct address_key *key,
    struct address_hit *ret);

size_t address_list_count(const struct address_list *list);      /* without duplicates */
size_t address_list_duplicates(const struct address_list *list); /* left out */
bool address_list_has_all(const struct address_list *list);
const char *address_list_name(const struct address_list *list);

void address_list_free(struct address_list *list); /* takes NULL */

#endif
