/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_ADDRESS_ADDRESS_LIST_H
#define POLICY_ADDRESS_ADDRESS_LIST_H

/*
 * address_list - a file of addresses and domains, a million of them if need be.
 *
 * One entry a line, as policy/address/address_entry.h reads it; blanks around
 * it, CRLF, a byte order mark, empty lines and comments ("# ..." alone or
 * behind blanks) are left out.  A domain may hold letters beyond ASCII where
 * the build has libidn2.  A domain matches at borders of labels only:
 * gle.example never matches google.example.  Of equal entries the first counts.
 *
 * In memory: one block of the entries with their line numbers and a table of 5
 * bytes a slot, at most half full: about 40 MB for 1,000,000 entries of 22
 * bytes.  A list is immutable: any number of threads may look up.
 */

#include "base/text.h"
#include "policy/address/address_domains.h"
#include "policy/address/address_names.h"

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

/* Adds the domains of its user@domain entries; false: out of memory. */
bool address_list_domains(const struct address_list *list, struct address_domains *to);

/* Which entry means the address; the most specific one first. */
bool address_list_find(const struct address_list *list, const struct address_names *a,
    struct address_hit *ret);

size_t address_list_count(const struct address_list *list);      /* without duplicates */
size_t address_list_duplicates(const struct address_list *list); /* left out */
bool address_list_has_all(const struct address_list *list);
const char *address_list_name(const struct address_list *list);

void address_list_free(struct address_list *list); /* takes NULL */

#endif
