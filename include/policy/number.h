/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_NUMBER_H
#define POLICY_NUMBER_H

/*
 * number - decimal digits from outside, however many.  Pure.
 */

#include <stdint.h>

#include "base/slice.h"

/* All of `digits` is digits, and there is one.  Beyond 64 bits: UINT64_MAX. */
bool number_parse(struct slice digits, uint64_t *ret);

/* Like number_parse(), with one of K, M, G, T (powers of 1024, any case) behind. */
bool number_parse_bytes(struct slice text, uint64_t *ret);

/* With a sign or not; false too when it does not fit. */
bool number_parse_signed(struct slice text, int64_t *ret);

#endif
