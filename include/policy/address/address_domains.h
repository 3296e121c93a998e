/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_ADDRESS_ADDRESS_DOMAINS_H
#define POLICY_ADDRESS_ADDRESS_DOMAINS_H

/*
 * address_domains - the domains that a list of addresses names, each once.
 *
 * Where a site does not say which domains are its own, its lists tell: an
 * address in a list of its users is in one of them.  Starts zeroed.
 */

#include "policy/name_list.h"

struct address_domains {
	char **item; /* owned */
	size_t count, room;
};

/* False: out of memory. */
bool address_domains_add(struct address_domains *d, struct slice domain);

/* After the last one: sorts, and keeps one of each. */
struct name_list address_domains_finish(struct address_domains *d);

void address_domains_clear(struct address_domains *d); /* safe to call twice */

#endif
