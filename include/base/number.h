/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

/*
 * number - decimal digits from outside, however many.
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

#endif
