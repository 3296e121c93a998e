/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A whole recording is read or refused with its line, and is like itself; whatever it
 * hides is found again.
 *
 * fuzz libraries: -ljansson
 */
#include "sim/record/compare.h"
#include "t/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text why = TEXT_INIT(1000);
	struct comparison c = COMPARISON_INIT;
	struct masks *m = masks_new();
	struct story one = { .wires = 0 }, other = { .wires = 0 };
	struct recording r;

	FUZZ_ASSERT(m != NULL);
	if (!recording_take(&r, "it", fuzz_slice(data, size), &why)) {
		FUZZ_ASSERT(slice_starts(text_slice(&why), SLICE("it:")));
	} else if (story_tell(&one, &r, m, &why)) {
		FUZZ_ASSERT(story_tell(&other, &r, m, &why));
		FUZZ_ASSERT(compare_stories(&one, &other, &c));
		FUZZ_ASSERT(c.lines == one.lines);
	}
	story_clear(&one);
	story_clear(&other);
	recording_clear(&r);
	comparison_clear(&c);
	masks_free(m);
	text_clear(&why);
	return 0;
}
