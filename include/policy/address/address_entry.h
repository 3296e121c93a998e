/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_ADDRESS_ADDRESS_ENTRY_H
#define POLICY_ADDRESS_ADDRESS_ENTRY_H

/*
 * address_entry - one line of an address_list (policy/address/address_list.h) in the
 * form in which it is looked up: "user@domain", "domain", ".domain", "user@",
 * all as policy/address/address_key.h writes them.  Pure.
 */

#include "policy/address/address_key.h"

struct address_entry {
	bool all;
	size_t len; /* 0: the line holds no entry */
	char bytes[1 + sizeof((struct address_key *)0)->bytes];
};

/* NULL, or what is wrong and what to do. */
const char *address_entry_read(struct slice line, struct address_entry *ret);

#endif
