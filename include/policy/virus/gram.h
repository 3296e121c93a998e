/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_VIRUS_GRAM_H
#define POLICY_VIRUS_GRAM_H

/*
 * gram - a few bytes of text, in one number.
 *
 * A scanner that looks at one gram in every `stride` bytes misses nothing as
 * long as every signature answers for `stride` grams in a row: whatever the
 * phase, one of them is looked at.  How wide a gram is and how far apart the
 * looks are is the same for all signatures of a scanner:
 *
 *	wide, 8 bytes		rare in any text; for signatures that leave a
 *				long stride
 *	narrow, 4 bytes		four more bytes of stride for short signatures,
 *				and eight grams fit into one vector
 */

#include <stdint.h>
#include <string.h>

enum {
	GRAM_NARROW = 4, /* bytes */
	GRAM_WIDE = 8,
	GRAM_MOST = GRAM_WIDE,
};

struct gram_shape {
	unsigned width;  /* GRAM_NARROW or GRAM_WIDE */
	unsigned stride; /* bytes from one look to the next */
};

/* The gram at p, of which `width` bytes are read. */
static inline uint64_t
gram_at(const char *p, unsigned width)
{
	uint64_t wide = 0;
	uint32_t narrow = 0;

	if (width == GRAM_NARROW) {
		memcpy(&narrow, p, GRAM_NARROW);
		return narrow;
	}
	memcpy(&wide, p, GRAM_WIDE);
	return wide;
}

/*
 * Mixed, so that the high bits depend on all bytes.  An odd factor makes this
 * one to one: equal hashes are equal grams.
 */
static inline uint64_t
gram_hash(uint64_t gram)
{
	return gram * UINT64_C(0x9E3779B97F4A7C15);
}

/* Sixteen bits of the eight bytes at p. */
static inline uint16_t
gram_late(const char *p)
{
	return (uint16_t)(gram_hash(gram_at(p, GRAM_WIDE)) >> 48);
}

#endif
