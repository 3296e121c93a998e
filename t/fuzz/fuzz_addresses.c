/* SPDX-License-Identifier: BSD-2-Clause */
/* An address list anew, and an address out of rubble. */
#include "sim/smtp/addresses.h"

#include "t/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = fuzz_slice(data, size);
	struct text out = TEXT_INIT(16 * size + 100);
	bool completed = addresses_complete(SLICE("To"), in, SLICE("mx.test"), &out);

	FUZZ_ASSERT(!completed || slice_find(text_slice(&out), '@') < out.len);
	FUZZ_ASSERT(addresses_last(in, &out) != 0 || out.len == 0);
	text_clear(&out);
	return 0;
}
