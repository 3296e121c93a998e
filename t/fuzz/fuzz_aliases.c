/* SPDX-License-Identifier: BSD-2-Clause */
/* Every alias that was read is found again, under its name in any case. */
#include "policy/quota/aliases.h"

#include "t/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct forward_owner here = { .delimiters = "+" };
	struct alias_table t;
	struct alias a;

	if (aliases_parse(fuzz_slice(data, size), &t)) {
		FUZZ_ASSERT((t.bad_lines == 0) == (t.first_bad_line == 0));
		for (size_t i = 0; i < t.count && i < 100; i++) {
			FUZZ_ASSERT(t.entry[i].name.len > 0);
			FUZZ_ASSERT(aliases_find(&t, t.entry[i].name, &here, &a));
			FUZZ_ASSERT(strlen(a.target) <= MAILBOX_NAME_MAX);
		}
	}
	aliases_clear(&t);
	return 0;
}
