/* SPDX-License-Identifier: BSD-2-Clause */
/* A header field keeps every byte, and gains a domain for each address without. */
#include "sim/server/addresses.h"

#include "t/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = fuzz_slice(data, size);
	struct text out = TEXT_INIT(16 * size + 100);
	bool completed = addresses_complete(in, SLICE("mx.test"), &out);

	FUZZ_ASSERT(out.len >= in.len);
	FUZZ_ASSERT((out.len - in.len) % sizeof "mx.test" == 0);
	FUZZ_ASSERT(completed == (out.len != in.len));
	text_clear(&out);
	return 0;
}
