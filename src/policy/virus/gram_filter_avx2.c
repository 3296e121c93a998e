/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Eight looks at narrow grams in one vector of AVX2, for strides of four and
 * eight.  Where the compiler or the processor has none, this way serves nothing.
 */
#include "policy/virus/gram_filter.h"

#ifdef __x86_64__
#include <immintrin.h>

enum { LOOKS = 8, AHEAD = 4096 };

/* The eight narrow grams at p, 4 or 8 bytes apart, in whatever order. */
__attribute__((target("avx2"))) static inline __m256i
load_grams(const char *p, size_t stride)
{
	if (stride == GRAM_NARROW)
		return _mm256_loadu_si256((const __m256i *)(const void *)p);
	__m256 low = _mm256_loadu_ps((const float *)(const void *)p);
	__m256 high = _mm256_loadu_ps((const float *)(const void *)(p + 32));
	return _mm256_castps_si256(_mm256_shuffle_ps(low, high, _MM_SHUFFLE(2, 0, 2, 0)));
}

/* Lowest bit of each number: what narrow_has() says. */
__attribute__((target("avx2"))) static inline __m256i
has_eight(const struct gram_filter *f, __m256i grams)
{
	const __m256i low_five = _mm256_set1_epi32(31);
	__m256i hash = _mm256_mullo_epi32(grams, _mm256_set1_epi32((int)narrow_hash(1)));
	__m256i place = _mm256_srl_epi32(hash, _mm_cvtsi32_si128((int)f->shift));
	__m256i bits =
	    _mm256_srl_epi32(hash, _mm_cvtsi32_si128((int)f->shift - NARROW_BITS));
	__m256i word =
	    _mm256_i32gather_epi32((const int *)(const void *)f->narrow, place, 4);

	return _mm256_and_si256(_mm256_srlv_epi32(word, _mm256_and_si256(bits, low_five)),
	    _mm256_srlv_epi32(
		word, _mm256_and_si256(_mm256_srli_epi32(bits, 5), low_five)));
}

/* Which of eight looks comes first of those that passed. */
__attribute__((target("avx2"))) static inline size_t
first_of(__m256i has, size_t stride)
{
	__m256i in_order = stride == GRAM_NARROW
			       ? has
			       : _mm256_permute4x64_epi64(has, _MM_SHUFFLE(3, 1, 2, 0));
	__m256i signs = _mm256_slli_epi32(in_order, 31);

	return (size_t)__builtin_ctz(
	    (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(signs)));
}

/* A vector reads up to the end of its last stride; what is left goes one by one. */
__attribute__((target("avx2"))) static inline size_t
walk(const struct gram_filter *f, const char *p, size_t last, size_t stride)
{
	const __m256i one = _mm256_set1_epi32(1);
	const struct gram_filter g = *f;
	size_t at = 0;

	for (; at + LOOKS * stride <= last + GRAM_NARROW; at += LOOKS * stride) {
		__builtin_prefetch((const void *)((uintptr_t)p + at + AHEAD), 0, 2);
		__m256i has = has_eight(&g, load_grams(p + at, stride));
		if (!_mm256_testz_si256(has, one))
			return at + first_of(has, stride) * stride;
	}
	while (at <= last && narrow_has(&g, gram_at(p + at, GRAM_NARROW)) == 0)
		at += stride;
	return at;
}

__attribute__((target("avx2"))) static size_t
walk_avx2(const struct gram_filter *f, const char *p, size_t last)
{
	return f->shape.stride == GRAM_NARROW ? walk(f, p, last, GRAM_NARROW)
					      : walk(f, p, last, 2 * GRAM_NARROW);
}

static bool
serves_avx2(struct gram_shape shape)
{
	return shape.width == GRAM_NARROW &&
	       (shape.stride == GRAM_NARROW || shape.stride == 2 * GRAM_NARROW) &&
	       __builtin_cpu_supports("avx2");
}
#else
static bool
serves_avx2(struct gram_shape shape)
{
	(void)shape;
	return false;
}
#define walk_avx2 NULL
#endif

const struct gram_way gram_way_avx2 = { "AVX2", walk_avx2, serves_avx2 };
