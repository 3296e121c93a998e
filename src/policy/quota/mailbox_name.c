/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/quota/mailbox_name.h"

bool
mailbox_name(struct slice local, struct mailbox_name *ret)
{
	struct mailbox_name n = { .len = 0 };

	for (size_t i = 0; i < local.len; i++) {
		unsigned char c = (unsigned char)ascii_lower(local.ptr[i]);
		if (c < ' ' || c == 0x7f || c == '/' || n.len == MAILBOX_NAME_MAX)
			return false;
		n.text[n.len++] = (char)c;
	}
	*ret = n;
	return n.len > 0 && n.text[0] != '-' && n.text[0] != '.';
}
