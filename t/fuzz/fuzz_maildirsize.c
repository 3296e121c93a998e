/* SPDX-License-Identifier: BSD-2-Clause */
/* The sum of a maildirsize does not change when its lines change places. */
#include "policy/quota/maildirsize.h"

#include "base/text.h"
#include "t/fuzz/fuzz.h"

/* The first line, then the others from last to first. */
static void
turn_around(struct slice file, struct text *to)
{
	struct slice rest = file;
	size_t first = slice_find(file, '\n') + 1;

	FUZZ_ASSERT(text_append(to, slice_first(rest, first)) == TEXT_OK);
	rest = slice_first(file, slice_find_last(file, '\n') + 1);
	while (rest.len > first) {
		size_t lf = slice_find_last(slice_first(rest, rest.len - 1), '\n');
		size_t start = lf == rest.len - 1 ? 0 : lf + 1;
		FUZZ_ASSERT(text_append(to, slice_from(rest, start)) == TEXT_OK);
		rest = slice_first(rest, start);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice file = fuzz_slice(data, size);
	struct usage u = { 0 }, again = { 0 };
	struct text turned = TEXT_INIT(MAILDIRSIZE_MAX);
	uint64_t bytes;

	if (maildir_name_size(file, &bytes))
		FUZZ_ASSERT(slice_find(file, '=') < file.len);
	if (maildirsize_parse(file, 0, &u) == MAILDIRSIZE_OK) {
		FUZZ_ASSERT(u.bytes <= INT64_MAX && u.messages <= INT64_MAX);
		turn_around(file, &turned);
		/* Only a sum that leaves 64 bits on its way may differ. */
		if (maildirsize_parse(text_slice(&turned), 0, &again) == MAILDIRSIZE_OK)
			FUZZ_ASSERT(
			    u.bytes == again.bytes && u.messages == again.messages);
	}
	text_clear(&turned);
	return 0;
}
