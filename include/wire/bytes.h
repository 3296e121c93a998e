/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef WIRE_BYTES_H
#define WIRE_BYTES_H

/*
 * bytes - numbers in network order, and a cursor that remembers its fall.
 *
 * A decoder takes what it wants, one statement after another, without any
 * length arithmetic, and asks once at the end whether all of it was there:
 * after the first fall every take gives nothing.  Results borrow from the
 * input.  Pure and thread-safe.
 */

#include <stdint.h>

#include "base/slice.h"

static inline uint32_t
bytes_u32(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;

	return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8 | u[3];
}

static inline void
bytes_put_u32(char out[4], uint32_t n)
{
	out[0] = (char)(n >> 24 & 0xff);
	out[1] = (char)(n >> 16 & 0xff);
	out[2] = (char)(n >> 8 & 0xff);
	out[3] = (char)(n & 0xff);
}

/* Why a cursor fell; the first reason stays. */
enum fall { FALL_NONE, FALL_SHORT, FALL_NOT_TERMINATED };

struct cursor {
	struct slice rest;
	enum fall fall;
};

char take_char(struct cursor *c);
uint16_t take_u16(struct cursor *c);
uint32_t take_u32(struct cursor *c);

/* Up to a NUL byte, which is taken too; falls when there is none. */
struct slice take_string(struct cursor *c);

/* All that is left. */
struct slice take_rest(struct cursor *c);

#endif
