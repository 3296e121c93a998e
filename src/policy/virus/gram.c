/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/virus/gram.h"

#include <stdlib.h>

enum {
	BITS_PER_GRAM = 20, /* about one wrong "perhaps" in 300 looks */
	WORDS_LEAST = 4096, /* 32 KiB, the first cache */
	WORDS_MOST = 1 << 22,
	CACHE_LINE = 64,
	AHEAD = 4096, /* bytes of text */
};

bool
gram_filter_init(struct gram_filter *f, size_t grams)
{
	size_t words = WORDS_LEAST;

	while (words < WORDS_MOST && words < grams / 64 * BITS_PER_GRAM)
		words *= 2;
	f->mask = words - 1;
	f->word = calloc(words, sizeof *f->word);
	return f->word != NULL;
}

void
gram_filter_add(struct gram_filter *f, uint64_t hash)
{
	f->word[gram_filter_index(f, hash)] |= UINT64_C(1) << (hash >> 58) |
					       UINT64_C(1) << ((hash >> 52) & 63) |
					       UINT64_C(1) << ((hash >> 46) & 63);
}

void
gram_filter_clear(struct gram_filter *f)
{
	free(f->word);
	*f = (struct gram_filter){ 0 };
}

/*
 * Four looks at a time: their loads do not wait for one another, and one
 * branch that is nearly never taken serves all four.  With a stride of a cache
 * line the processor sees too few loads in advance to keep memory busy by
 * itself, so text is asked for ahead, into the second cache: the first belongs to
 * the filter.  Beyond the end that does no harm.
 */
static inline size_t
next_perhaps(const struct gram_filter *f, const char *p, size_t last, size_t stride)
{
	const struct gram_filter g = *f; /* so that it stays in registers */
	size_t at = 0;

	if (gram_filter_has(&g, gram_hash(p)) != 0)
		return 0;
	for (; at + 3 * stride <= last; at += 4 * stride) {
		for (size_t line = 0; line < 4 * stride; line += CACHE_LINE)
			__builtin_prefetch(
			    (const void *)((uintptr_t)p + at + line + AHEAD), 0, 2);
		unsigned a = gram_filter_has(&g, gram_hash(p + at));
		unsigned b = gram_filter_has(&g, gram_hash(p + at + stride));
		unsigned c = gram_filter_has(&g, gram_hash(p + at + 2 * stride));
		unsigned d = gram_filter_has(&g, gram_hash(p + at + 3 * stride));

		if ((a | b | c | d) != 0)
			break;
	}
	while (at <= last && gram_filter_has(&g, gram_hash(p + at)) == 0)
		at += stride;
	return at;
}

/* The usual stride as a constant: measured, a tenth faster. */
size_t
gram_filter_next(const struct gram_filter *f, const char *p, size_t last, size_t stride)
{
	return stride == CACHE_LINE ? next_perhaps(f, p, last, CACHE_LINE)
				    : next_perhaps(f, p, last, stride);
}
