/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/frame.h"

#include <stdint.h>

static uint32_t
get_u32(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;

	return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8 | u[3];
}

enum frame_status
frame_decode(struct slice in, struct frame *ret)
{
	if (in.len < 4)
		return FRAME_SHORT;
	uint32_t len = get_u32(in.ptr);
	if (len == 0 || len > FRAME_MAX)
		return FRAME_BAD;
	if (in.len - 4 < len)
		return FRAME_SHORT;
	*ret = (struct frame){
		.cmd = in.ptr[4],
		.payload = { in.ptr + FRAME_HEAD, len - 1 },
		.size = 4 + (size_t)len,
	};
	return FRAME_OK;
}
