/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A look at every byte, 32 looks at a time, for a few narrow grams: a shuffle
 * of AVX2 looks up 32 nibbles at once in a table of 16.  For each nibble of a
 * gram it gives the sets that have it there; what is in one set all along may be
 * a gram.  Where the compiler or the processor has none, this way serves nothing.
 */
#include "policy/virus/gram_filter.h"

#ifdef __x86_64__
#include <immintrin.h>

enum { LOOKS = 32, AHEAD = 4096 };

/* The sets that have the two nibbles of each byte, the byte being number i of a gram. */
__attribute__((target("avx2"))) static inline __m256i
sets_of(const __m256i *table, __m256i bytes, unsigned i)
{
	const __m256i low_four = _mm256_set1_epi8(15);
	__m256i low = _mm256_and_si256(bytes, low_four);
	__m256i high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), low_four);

	return _mm256_and_si256(_mm256_shuffle_epi8(table[2 * i], low),
	    _mm256_shuffle_epi8(table[2 * i + 1], high));
}

/* A bit for each of 32 looks from p on: 1 when the nibbles go together. */
__attribute__((target("avx2"))) static inline uint32_t
look_at_32(const __m256i *table, const char *p)
{
	__m256i sets = _mm256_set1_epi8(-1);

#pragma GCC unroll 4
	for (unsigned i = 0; i < GRAM_NARROW; i++) {
		__m256i bytes =
		    _mm256_loadu_si256((const __m256i *)(const void *)(p + i));

		sets = _mm256_and_si256(sets, sets_of(table, bytes, i));
	}
	return ~(uint32_t)_mm256_movemask_epi8(
	    _mm256_cmpeq_epi8(sets, _mm256_setzero_si256()));
}

__attribute__((target("avx2"))) static size_t
walk_nibbles(const struct gram_filter *f, const char *p, size_t last)
{
	__m256i table[2 * GRAM_NARROW];
	size_t at = 0;

	for (unsigned i = 0; i < 2 * GRAM_NARROW; i++)
		table[i] = _mm256_broadcastsi128_si256(
		    _mm_loadu_si128((const __m128i *)(const void *)f->nibble[i]));
	for (; at + LOOKS - 1 <= last; at += LOOKS) {
		__builtin_prefetch((const void *)((uintptr_t)p + at + AHEAD), 0, 2);
		uint32_t bits = look_at_32(table, p + at);
		for (; bits != 0; bits &= bits - 1) {
			size_t look = at + (size_t)__builtin_ctz(bits);

			if (narrow_has(f, gram_at(p + look, GRAM_NARROW)) != 0)
				return look;
		}
	}
	while (at <= last && gram_filter_has(f, gram_at(p + at, GRAM_NARROW)) == 0)
		at++;
	return at;
}

static bool
serves_nibbles(struct gram_shape shape)
{
	return shape.width == GRAM_NARROW && shape.stride == 1 &&
	       __builtin_cpu_supports("avx2");
}
#else
static bool
serves_nibbles(struct gram_shape shape)
{
	(void)shape;
	return false;
}
#define walk_nibbles NULL
#endif

const struct gram_way gram_way_nibbles = { "AVX2, nibbles", walk_nibbles,
	serves_nibbles };
