/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of an address lie within what was typed. */
#include "base/address.h"

#include "t/fuzz/fuzz.h"

static bool
within(struct slice part, struct slice whole)
{
	return part.len == 0 ||
	       (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = fuzz_slice(data, size);
	struct address a = address_parse(in);
	struct slice user = address_user(a.local, "+-");

	FUZZ_ASSERT(within(a.whole, in));
	FUZZ_ASSERT(within(a.local, in));
	FUZZ_ASSERT(within(a.domain, in));
	FUZZ_ASSERT(within(user, a.local));
	FUZZ_ASSERT(!a.null || a.whole.len == 0);
	FUZZ_ASSERT(!a.well_formed || a.null || a.local.len > 0);
	return 0;
}
