/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/frame.h"

#include "wire/bytes.h"

enum { LENGTH = 4 };

enum frame_status
frame_decode(struct slice in, size_t limit, struct frame *ret)
{
	if (in.len < LENGTH)
		return FRAME_SHORT;
	uint32_t len = bytes_u32(in.ptr);
	if (len == 0)
		return FRAME_EMPTY;
	if (len - 1 > limit)
		return FRAME_TOO_LONG;
	if (in.len - LENGTH < len)
		return FRAME_SHORT;
	*ret = (struct frame){
		.letter = in.ptr[LENGTH],
		.payload = { in.ptr + FRAME_HEAD, len - 1 },
		.size = LENGTH + (size_t)len,
	};
	return FRAME_OK;
}

enum text_status
frame_append(struct text *out, char letter, struct slice payload)
{
	char head[FRAME_HEAD];
	size_t before = out->len;

	if (payload.len >= UINT32_MAX)
		return TEXT_FULL;
	bytes_put_u32(head, (uint32_t)payload.len + 1);
	head[LENGTH] = letter;
	enum text_status s = text_append(out, (struct slice){ head, sizeof head });
	if (s == TEXT_OK)
		s = text_append(out, payload);
	if (s != TEXT_OK)
		out->len = before;
	return s;
}

const char *
frame_fault(enum frame_status s)
{
	switch (s) {
	case FRAME_OK: return "no fault";
	case FRAME_SHORT: return "packet ends early";
	case FRAME_EMPTY: return "length 0";
	case FRAME_TOO_LONG: return "length above the limit";
	}
	return "no such frame status";
}
