/* SPDX-License-Identifier: BSD-2-Clause */
/* The attributes of XCLIENT come to an end, and their values may stand in a packet. */
#include "sim/smtp/xclient.h"

#include "t/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text scratch = TEXT_INIT(XCLIENT_VALUE_MAX);
	struct slice rest = fuzz_slice(data, size);
	struct xclient_attribute a;

	while (xclient_next(&rest, &scratch, &a) == XCLIENT_OK) {
		FUZZ_ASSERT(a.value.len <= XCLIENT_VALUE_MAX);
		FUZZ_ASSERT(a.name < N_XCLIENT_NAMES);
		for (size_t i = 0; i < a.value.len; i++)
			FUZZ_ASSERT((unsigned char)a.value.ptr[i] >= ' ');
	}
	text_clear(&scratch);
	return 0;
}
