/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_NAME_LIST_H
#define POLICY_NAME_LIST_H

/*
 * name_list - names as configured: mailers, domains, files.  Borrowed.
 */

#include "base/slice.h"

struct name_list {
	char *const *item;
	size_t count;
};

/* Case is folded (ASCII). */
static inline bool
name_list_has(const struct name_list *list, struct slice name)
{
	for (size_t i = 0; i < list->count; i++) {
		if (slice_equal_nocase(slice_of(list->item[i]), name))
			return true;
	}
	return false;
}

#endif
