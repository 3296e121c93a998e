/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/quota/mailbox_name.h"

bool
mailbox_name(struct slice local, struct mailbox_name *ret)
{
	bool quoted =
	    local.len >= 2 && local.ptr[0] == '"' && local.ptr[local.len - 1] == '"';
	struct mailbox_name n = { .len = 0 };

	if (quoted)
		local = slice_from(slice_first(local, local.len - 1), 1);
	for (size_t i = 0; i < local.len; i++) {
		if (quoted && local.ptr[i] == '\\' && i + 1 < local.len)
			i++;
		unsigned char c = (unsigned char)ascii_lower(local.ptr[i]);
		if (c < ' ' || c == 0x7f || c == '/' || n.len == MAILBOX_NAME_MAX)
			return false;
		n.text[n.len++] = (char)c;
	}
	*ret = n;
	return n.len > 0 && n.text[0] != '-' && n.text[0] != '.';
}

bool
name_list_has(const struct name_list *list, struct slice name)
{
	for (size_t i = 0; i < list->count; i++) {
		if (slice_equal_nocase(slice_of(list->item[i]), name))
			return true;
	}
	return false;
}
