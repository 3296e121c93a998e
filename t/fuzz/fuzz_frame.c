/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A stream is cut into frames that lie within it and that can be written again
 * to the same bytes; a fault is told from the first four bytes alone.
 */
#include "wire/frame.h"

#include "t/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = fuzz_slice(data, size);
	struct frame f, again;

	for (;;) {
		enum frame_status s = frame_decode(rest, FRAME_PAYLOAD_64K, &f);
		if (s == FRAME_EMPTY || s == FRAME_TOO_LONG)
			FUZZ_ASSERT(frame_decode(slice_first(rest, 4), FRAME_PAYLOAD_64K,
					&again) == s);
		if (s != FRAME_OK)
			return 0;
		FUZZ_ASSERT(f.size <= rest.len && f.size == f.payload.len + FRAME_HEAD);
		FUZZ_ASSERT(frame_decode(slice_first(rest, f.size - 1), FRAME_PAYLOAD_64K,
				&again) == FRAME_SHORT);
		struct text out = TEXT_INIT(FRAME_PAYLOAD_1M);
		FUZZ_ASSERT(frame_append(&out, f.letter, f.payload) == TEXT_OK);
		FUZZ_ASSERT(slice_equal(text_slice(&out), slice_first(rest, f.size)));
		text_clear(&out);
		rest = slice_from(rest, f.size);
	}
}
