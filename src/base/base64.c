/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/base64.h"

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

enum text_status
base64_encode(struct slice bytes, struct text *to)
{
	for (size_t i = 0; i < bytes.len; i += 3) {
		size_t n = bytes.len - i < 3 ? bytes.len - i : 3;
		unsigned group = 0;
		char out[4];

		for (size_t k = 0; k < 3; k++)
			group =
			    group << 8 | (k < n ? (unsigned char)bytes.ptr[i + k] : 0);
		for (size_t k = 0; k < 4; k++)
			out[k] = k <= n ? alphabet[group >> (18 - 6 * k) & 63] : '=';
		enum text_status s = text_append(to, (struct slice){ out, 4 });
		if (s != TEXT_OK)
			return s;
	}
	return TEXT_OK;
}

/* How many bytes the group holds, 0 when it is none. */
static size_t
group_bytes(struct slice group, bool last)
{
	if (!last || group.ptr[3] != '=')
		return 3;
	return group.ptr[2] == '=' ? 1 : 2;
}

static bool
decode_group(struct slice group, bool last, struct text *to)
{
	size_t n = group_bytes(group, last);
	unsigned value = 0;
	char out[3];

	for (size_t k = 0; k < 4; k++) {
		const char *at = k <= n ? strchr(alphabet, group.ptr[k]) : alphabet;
		if (at == NULL || *at == '\0')
			return false;
		value = value << 6 | (unsigned)(at - alphabet);
	}
	if ((value & ((1U << (24 - 8 * n)) - 1)) != 0)
		return false;
	for (size_t k = 0; k < 3; k++)
		out[k] = (char)(value >> (16 - 8 * k));
	return text_append(to, (struct slice){ out, n }) == TEXT_OK;
}

bool
base64_decode(struct slice encoded, struct text *to)
{
	size_t before = to->len;

	if (encoded.len % 4 != 0)
		return false;
	for (size_t i = 0; i < encoded.len; i += 4) {
		struct slice group = { encoded.ptr + i, 4 };
		if (!decode_group(group, i + 4 == encoded.len, to)) {
			to->len = before;
			return false;
		}
	}
	return true;
}
