/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A line of a recording that can be read is written again, and that line says
 * the same.
 *
 * fuzz libraries: -ljansson
 */
#include "sim/transcript/recording.h"

#include "t/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct record r = RECORD_INIT, again = RECORD_INIT;
	struct text out = TEXT_INIT(8 * RECORD_BYTES_MAX), why = TEXT_INIT(500);

	if (!record_read(fuzz_slice(data, size), &r, &why)) {
		FUZZ_ASSERT(why.len > 0);
	} else if (r.kind != RECORD_META && r.kind != RECORD_OTHER) {
		struct event e;
		FUZZ_ASSERT(record_event(&r, &e) && event_json(&out, &e, 0));
		FUZZ_ASSERT(record_read(text_slice(&out), &again, &why));
		FUZZ_ASSERT(again.kind == r.kind);
		FUZZ_ASSERT(slice_equal(text_slice(&r.bytes), text_slice(&again.bytes)));
	}
	record_clear(&r);
	record_clear(&again);
	text_clear(&out);
	text_clear(&why);
	return 0;
}
