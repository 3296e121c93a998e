/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Input: a byte for the direction, a line.  A line that can be read makes one
 * whole packet, and its description reads as the same packet.
 */
#include "wire/notation.h"

#include "t/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = fuzz_slice(data, size);
	enum direction to = (fuzz_take_byte(&in) & 1) != 0 ? TO_MTA : TO_MILTER;
	struct text first = TEXT_INIT(FRAME_PAYLOAD_1M), again = first;
	struct text line = TEXT_INIT(8 * FRAME_PAYLOAD_64K), why = TEXT_INIT(300);
	struct frame f;
	struct packet p;

	if (!packet_read(&first, to, in, &why)) {
		FUZZ_ASSERT(why.len > 0 && first.len == 0);
		goto out;
	}
	FUZZ_ASSERT(frame_decode(text_slice(&first), FRAME_PAYLOAD_64K, &f) == FRAME_OK);
	FUZZ_ASSERT(f.size == first.len);
	FUZZ_ASSERT(packet_decode(to, f.letter, f.payload, &p) == CODEC_OK);
	packet_describe(&line, &p);
	FUZZ_ASSERT(packet_read(&again, to, text_slice(&line), &why));
	FUZZ_ASSERT(slice_equal(text_slice(&first), text_slice(&again)));
out:
	text_clear(&first);
	text_clear(&again);
	text_clear(&line);
	text_clear(&why);
	return 0;
}
