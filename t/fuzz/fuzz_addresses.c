/* SPDX-License-Identifier: BSD-2-Clause */
/* An address list anew, and an address out of rubble. */
#include "sim/smtp/addresses.h"

#include "t/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = fuzz_slice(data, size);
	struct text out = TEXT_INIT(16 * size + 100), one = TEXT_INIT(16 * size + 100);
	bool completed = addresses_complete(SLICE("To"), in, SLICE("mx.test"), &out);
	size_t count = addresses_last(in, &one);

	/* What is changed is an address, and what it is changed to is read as one. */
	FUZZ_ASSERT(!completed || count > 0);
	FUZZ_ASSERT(count != 0 || one.len == 0);
	if (completed)
		FUZZ_ASSERT(addresses_last(text_slice(&out), &one) > 0);
	text_clear(&one);
	text_clear(&out);
	return 0;
}
