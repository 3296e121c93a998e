/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

/*
 * number - digits from outside, however many; decimal but for hex_digit().
 *
 * Each reader takes the whole slice or fails; on false *ret is untouched.
 * No blanks, and a sign only where it says so.  Configuration values as
 * people write them ("25k", "15m") are base/value.h's.  Pure and thread-safe.
 */

#include <stdint.h>

#include "base/slice.h"

/* False too when the number does not fit into 64 bits. */
bool number_parse(struct slice digits, uint64_t *ret);

/* The same for a number that is only compared: beyond 64 bits, UINT64_MAX. */
bool number_parse_capped(struct slice digits, uint64_t *ret);

/* Capped, and one of K, M, G, T (powers of 1024, any case) may stand behind. */
bool number_parse_bytes(struct slice text, uint64_t *ret);

/* With a sign or not; false too when it does not fit. */
bool number_parse_signed(struct slice text, int64_t *ret);

/* What one hexadecimal digit of either case stands for; -1: it is none. */
static inline int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

#endif
