/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/header.h"

static void
put(const struct header_sink *to, struct slice piece)
{
	if (piece.len > 0)
		to->put(to->self, piece);
}

static void
put_value(const struct header_sink *to, struct slice value)
{
	while (value.len > 0) {
		size_t n = slice_find(value, '\n');
		bool bare = n < value.len && (n == 0 || value.ptr[n - 1] != '\r');

		put(to, slice_first(value, bare ? n : n + 1));
		if (bare)
			put(to, SLICE("\r\n"));
		value = slice_from(value, n + 1);
	}
}

void
header_as_sent(
    struct slice name, struct slice value, bool blank_taken, const struct header_sink *to)
{
	put(to, name);
	put(to, SLICE(":"));
	if (blank_taken && value.len > 0)
		put(to, SLICE(" "));
	put_value(to, value);
	put(to, SLICE("\r\n"));
}
