/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/virus/ranked.h"

#include <stdlib.h>

static int
by_bytes_then_index(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	int order = memcmp(x->ptr, y->ptr, x->len < y->len ? x->len : y->len);

	if (order != 0)
		return order;
	if (x->len != y->len)
		return x->len < y->len ? -1 : 1;
	return x->index < y->index ? -1 : 1;
}

static bool
begins_with(const struct ranked *whole, const struct ranked *beginning)
{
	return beginning->len <= whole->len &&
	       memcmp(whole->ptr, beginning->ptr, beginning->len) == 0;
}

/*
 * border[i] is the length of the longest proper beginning of the first i + 1
 * bytes that they also end in (Knuth, Morris, Pratt); their period is what is
 * left of them.
 */
static void
find_borders(const struct ranked *r, uint32_t *border)
{
	uint32_t n = 0;

	border[0] = 0;
	for (uint32_t i = 1; i < r->len; i++) {
		while (n > 0 && r->ptr[i] != r->ptr[n])
			n = border[n - 1];
		n += r->ptr[i] == r->ptr[n];
		border[i] = n;
	}
}

/* Where the row that the first RANKED_LONG bytes are, if they are one, ends. */
static uint32_t
end_of_row(const struct ranked *r, const uint32_t *border)
{
	uint32_t period = RANKED_LONG - border[RANKED_LONG - 1];
	uint32_t end = RANKED_LONG;

	if (period > RANKED_LONG / 2)
		return r->len;
	while (end < r->len && r->ptr[end] == r->ptr[end - period])
		end++;
	return end;
}

static void
study(struct ranked *r, uint32_t *border)
{
	r->late_at = r->len - LATE_BYTES;
	if (r->len > RANKED_LONG) {
		find_borders(r, border);
		r->period = r->len - border[r->len - 1];
		uint32_t end = end_of_row(r, border);
		if (end < r->len)
			r->late_at = end + 1 - LATE_BYTES;
	}
	r->late = gram_late(r->ptr + r->late_at);
}

/* A pattern that begins with another stands behind it. */
static uint32_t
sort_and_leave_out(struct ranked *ranked, const struct slice *patterns, size_t count)
{
	uint32_t kept = 0;

	for (size_t i = 0; i < count; i++)
		ranked[i] = (struct ranked){ .ptr = patterns[i].ptr,
			.len = (uint32_t)patterns[i].len,
			.index = (uint32_t)i };
	if (count > 1)
		qsort(ranked, count, sizeof *ranked, by_bytes_then_index);
	for (size_t i = 0; i < count; i++) {
		if (kept == 0 || !begins_with(&ranked[i], &ranked[kept - 1]))
			ranked[kept++] = ranked[i];
	}
	return kept;
}

bool
ranked_sort(
    struct ranked *ranked, const struct slice *patterns, size_t count, uint32_t *ret)
{
	uint32_t kept = sort_and_leave_out(ranked, patterns, count), longest = 0;

	for (uint32_t i = 0; i < kept; i++)
		longest = ranked[i].len > longest ? ranked[i].len : longest;
	uint32_t *border = malloc((longest + 1) * sizeof *border);
	if (border == NULL)
		return false;
	for (uint32_t i = 0; i < kept; i++)
		study(&ranked[i], border);
	free(border);
	*ret = kept;
	return true;
}
