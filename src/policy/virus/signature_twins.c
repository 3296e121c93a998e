/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/virus/signature_twins.h"

#include <stdint.h>
#include <stdlib.h>

/* A table of places in the list, open addressing; 0 is free, n + 1 is place n. */
struct seen {
	uint32_t *cell;
	size_t mask;
};

static uint64_t
mix(struct slice s)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (unsigned char)s.ptr[i]) * UINT64_C(0x100000001b3);
	return h ^ h >> 32;
}

/* The earlier entry with the same pattern, or NULL, and then i is put in. */
static const struct signature *
find_or_put(const struct seen *seen, const struct signatures *s, size_t i)
{
	size_t at = mix(s->entry[i].pattern) & seen->mask;

	for (; seen->cell[at] != 0; at = (at + 1) & seen->mask) {
		const struct signature *other = &s->entry[seen->cell[at] - 1];

		if (slice_equal(other->pattern, s->entry[i].pattern))
			return other;
	}
	seen->cell[at] = (uint32_t)i + 1;
	return NULL;
}

bool
signature_twins_warn(struct signatures *s)
{
	size_t cells = 16;

	while (cells < 2 * s->count)
		cells *= 2;
	struct seen seen = { calloc(cells, sizeof(uint32_t)), cells - 1 };
	if (seen.cell == NULL)
		return false;
	for (size_t i = 0; i < s->count; i++) {
		const struct signature *first = find_or_put(&seen, s, i);

		if (first != NULL)
			text_printf(&s->warnings,
			    "%zu: the same pattern as in line %zu (%.*s), remove one of "
			    "them\n",
			    s->entry[i].line, first->line, (int)first->name.len,
			    first->name.ptr);
	}
	free(seen.cell);
	return true;
}
