/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_QUOTA_ALIASES_H
#define POLICY_QUOTA_ALIASES_H

/*
 * aliases - the alias file that sendmail and Postfix share, aliases(5).
 *
 *	name: value, value
 *		value on a continued line
 *
 * Names have no case and may be quoted.  A name that occurs twice counts with
 * all its values.  A line that is neither is left out and counted: sendmail's
 * newaliases goes on after one too.
 *
 * A table is made by one thread and then const: any number may look things up.
 */

#include "base/text.h"
#include "policy/quota/forward.h"

struct alias {
	unsigned kinds; /* of enum forward_kind */
	/* The only entry, when it is a name of this host and not the alias itself. */
	char target[MAILBOX_NAME_MAX + 1];
};

struct alias_table {
	char *text; /* one copy of the file; the entries borrow from it */
	struct alias_entry {
		struct slice name, value;
	} * entry; /* sorted by name, without case */
	size_t count;
	size_t bad_lines, first_bad_line;
};

enum { ALIAS_NAME_MAX = 1000 }; /* a longer one is a bad line */

/* False: out of memory.  *ret is for aliases_clear() in any case. */
bool aliases_parse(struct slice file, struct alias_table *ret);

/*
 * True: *ret says what `name` stands for.  `here` are the domains and the
 * delimiters of this host; its name is not used.
 */
bool aliases_find(const struct alias_table *t, struct slice name,
    const struct forward_owner *here, struct alias *ret);

void aliases_clear(struct alias_table *t); /* safe on a zeroed one and twice */

#endif
