/* SPDX-License-Identifier: BSD-2-Clause */
/* An answer means the same however it comes: whole, or a byte at a time. */
#include "policy/quota/quota_answer.h"

#include "t/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = fuzz_slice(data, size);
	enum quota_answer (*judge)(struct slice, size_t *) =
	    fuzz_take_byte(&in) % 2 != 0 ? socketmap_answer : quota_status_answer;
	size_t used = 0, used_before = 0;

	if (in.len > QUOTA_ANSWER_MAX / 4)
		return 0;
	enum quota_answer whole = judge(in, &used);
	enum quota_answer first = ANSWER_INCOMPLETE;
	for (size_t n = 0; n <= in.len && first == ANSWER_INCOMPLETE; n++)
		first = judge(slice_first(in, n), &used_before);
	FUZZ_ASSERT(whole == first);
	if (whole != ANSWER_INCOMPLETE && whole != ANSWER_NONSENSE)
		FUZZ_ASSERT(used == used_before && used <= in.len && used > 0);
	return 0;
}
