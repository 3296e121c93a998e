/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A metrics-file is read or it is not; its lines count in any order, and what is
 * read of two halves is what is read of both.
 */
#include "sim/load/figures.h"

#include "t/fuzz/fuzz.h"

static struct slice
half(struct slice in, bool second)
{
	size_t at = in.len / 2;

	while (at < in.len && in.ptr[at] != '\n')
		at++;
	at += at < in.len;
	return second ? slice_from(in, at) : slice_first(in, at);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = fuzz_slice(data, size);
	struct figures whole, part[2], sum;
	struct text why = TEXT_INIT(200);

	bool read = figures_read(in, &whole, &why);
	FUZZ_ASSERT(read == (why.len == 0));
	for (int i = 0; i < 2 && read; i++)
		FUZZ_ASSERT(figures_read(half(in, i == 1), &part[i], &why));
	for (int i = 0; i < N_FIGURES && read; i++) {
		sum.n[i] = part[0].n[i] + part[1].n[i];
		FUZZ_ASSERT(sum.n[i] == whole.n[i]);
	}
	text_clear(&why);
	return 0;
}
