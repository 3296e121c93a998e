/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/quota/usage.h"

static uint64_t
add(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

enum fullness
usage_fullness(const struct usage *u, uint64_t margin, uint64_t size)
{
	uint64_t most = u->bytes_limit / 10;

	if (u->kind != USAGE_NUMBERS)
		return u->kind == USAGE_FULL ? FULL : HAS_ROOM;
	if (u->messages_limit != 0 && u->messages >= u->messages_limit)
		return FULL;
	if (u->bytes_limit == 0)
		return HAS_ROOM;
	if (add(u->bytes, margin < most ? margin : most) >= u->bytes_limit)
		return FULL;
	return size > u->bytes_limit - u->bytes ? TOO_LARGE : HAS_ROOM;
}
