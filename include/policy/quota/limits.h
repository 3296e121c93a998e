/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_QUOTA_LIMITS_H
#define POLICY_QUOTA_LIMITS_H

/*
 * limits - a table of quotas for mailboxes that carry none themselves.
 *
 *	# user   bytes, with K, M, G, T behind or not
 *	anna     50M
 *	root     unlimited
 *	*        25M
 *
 * "*" is everybody else; without such a line they have no quota.  0 and
 * "unlimited" are no quota.  Names have no case.
 *
 * A table is made by one thread and then const.
 */

#include "base/text.h"

struct limit_table {
	char *text; /* one copy of the file; the entries borrow from it */
	struct limit_entry {
		struct slice name;
		uint64_t bytes;
	} * entry; /* sorted by name */
	size_t count;
	uint64_t others; /* the line of "*"; 0: none */
};

/*
 * False: *why is "line N: what, what to do", or about memory.  *ret is for
 * limits_clear() in any case.
 */
bool limits_parse(struct slice file, struct limit_table *ret, struct text *why);

/* Bytes; 0: no quota. */
uint64_t limits_find(const struct limit_table *t, struct slice name);

void limits_clear(struct limit_table *t); /* safe on a zeroed one and twice */

#endif
