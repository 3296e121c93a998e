/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An answer means the same however it comes, and only one that is exactly a
 * verdict is one: what is read can be written again.
 */
#include "policy/virus/clamd_answer.h"

#include "base/text.h"
#include "t/fuzz/fuzz.h"

/* "stream: X" or "fd[N]: X", whichever this is. */
static struct slice
behind_subject(struct slice line)
{
	size_t n = 0;

	while (n + 1 < line.len && !(line.ptr[n] == ':' && line.ptr[n + 1] == ' '))
		n++;
	return slice_from(line, n + 2);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = fuzz_slice(data, size), words = { NULL, 0 };
	enum clamd_answer whole = clamd_answer_read(in, &words);
	enum clamd_answer first = CLAMD_INCOMPLETE;
	struct slice rest = behind_subject(slice_first(in, in.len - (in.len > 0)));
	size_t n = 0;

	while (n < in.len && first == CLAMD_INCOMPLETE)
		first = clamd_answer_read(slice_first(in, ++n), &words);
	FUZZ_ASSERT(n < in.len ? whole == CLAMD_NONSENSE : whole == first);
	(void)clamd_answer_read(in, &words);
	for (size_t i = 0; i < words.len && whole == CLAMD_FOUND; i++)
		FUZZ_ASSERT(words.ptr[i] >= ' ' && words.ptr[i] <= '~');
	if (whole == CLAMD_CLEAN)
		FUZZ_ASSERT(slice_equal(rest, SLICE("OK")) && in.ptr[in.len - 1] == 0);
	if (whole == CLAMD_FOUND) {
		FUZZ_ASSERT(words.len > 0 && words.len <= CLAMD_NAME_MAX);
		FUZZ_ASSERT(rest.len == words.len + 6 && in.ptr[in.len - 1] == 0);
	}
	return 0;
}
