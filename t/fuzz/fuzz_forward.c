/* SPDX-License-Identifier: BSD-2-Clause */
/* A .forward file means the same with CRLF line ends, and more with more in it. */
#include "policy/quota/forward.h"

#include "base/text.h"
#include "t/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char here[] = "here.example";
	static char *domains[] = { here };
	struct forward_owner owner = { SLICE("user"), { domains, 1 }, "+" };
	struct slice file = fuzz_slice(data, size);
	struct text more = TEXT_INIT(2 * size + 100);
	unsigned kinds = forward_kinds(file, &owner);
	struct slice single = forward_single_local(file, &owner);

	FUZZ_ASSERT(kinds < 1u << 5);
	FUZZ_ASSERT(single.len == 0 || kinds == FORWARD_ADDRESS);
	FUZZ_ASSERT(text_append(&more, file) == TEXT_OK);
	FUZZ_ASSERT(text_append(&more, SLICE("\nother@elsewhere\n")) == TEXT_OK);
	FUZZ_ASSERT(
	    forward_kinds(text_slice(&more), &owner) == (kinds | FORWARD_ADDRESS));
	FUZZ_ASSERT(forward_single_local(text_slice(&more), &owner).len == 0);
	text_clear(&more);
	return 0;
}
