/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/bench/sets.h"

#include <stdlib.h>

static struct set
set_new(size_t count, size_t len)
{
	struct set s = { calloc(count, sizeof *s.pattern), count, malloc(count * len) };

	if (s.pattern == NULL || s.store == NULL)
		abort();
	for (size_t i = 0; i < count; i++)
		s.pattern[i] = (struct slice){ s.store + i * len, len };
	return s;
}

void
set_clear(struct set *s)
{
	free(s->pattern);
	free(s->store);
}

struct set
set_random(size_t count, uint64_t seed)
{
	struct random r = { seed };
	struct set s = set_new(count, LINE);

	random_base64(&r, s.store, count * LINE);
	return s;
}

struct set
set_mixed(size_t count, size_t least, uint64_t seed)
{
	struct random r = { seed + least };
	struct set s = set_random(count, seed);

	for (size_t i = 0; i < count; i++)
		s.pattern[i].len =
		    least + (i > 0 ? random_below(&r, (uint32_t)(LINE + 1 - least)) : 0);
	return s;
}

struct set
set_sharing(size_t count, bool moving, uint64_t seed)
{
	static const char head[] = "TVqQAAMAAAAEAAAA//8AALgAAAAAAAAAQAAAAAAAAAAAAAAA";
	enum { SHARED = sizeof head - 1 };
	struct set s = set_random(count, seed);

	for (size_t i = 0; i < count; i++)
		memcpy(s.store + i * LINE + (moving ? i % (LINE - SHARED) : 0), head,
		    SHARED);
	return s;
}

struct set
set_blocks(size_t count, size_t period, uint64_t seed)
{
	struct random r = { seed };
	struct set s = set_new(count, BLOCK);

	random_base64(&r, s.store, count * BLOCK);
	for (size_t i = 0; i < count; i++) {
		char *p = s.store + i * BLOCK;

		for (size_t at = period; period > 0 && at < BLOCK; at++)
			p[at] = p[at - period];
	}
	return s;
}

struct misses {
	const struct set *set;
};

static size_t
nearly_a_signature(void *self, size_t n, char *to)
{
	const struct set *s = ((const struct misses *)self)->set;
	struct slice p = s->pattern[n % s->count];

	memcpy(to, p.ptr, p.len);
	to[p.len - 1] = to[p.len - 1] == '#' ? '%' : '#';
	return p.len;
}

struct corpus
near_misses(const struct set *s, size_t size)
{
	struct misses m = { s };

	return corpus_of_lines(size, nearly_a_signature, &m);
}
