/* SPDX-License-Identifier: BSD-2-Clause */
/* A table of limits is read or refused with a line; what was read is found. */
#include "policy/quota/limits.h"

#include "t/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text why = TEXT_INIT(500);
	struct limit_table t;

	if (limits_parse(fuzz_slice(data, size), &t, &why)) {
		for (size_t i = 0; i < t.count && i < 100; i++)
			FUZZ_ASSERT(limits_find(&t, t.entry[i].name) == t.entry[i].bytes);
	} else {
		FUZZ_ASSERT(why.len > 0);
	}
	limits_clear(&t);
	text_clear(&why);
	return 0;
}
