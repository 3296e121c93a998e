/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/bytes.h"

static void
fall(struct cursor *c, enum fall why)
{
	if (c->fall == FALL_NONE)
		c->fall = why;
	c->rest = (struct slice){ NULL, 0 };
}

/* The next n bytes, or NULL after a fall. */
static const char *
take(struct cursor *c, size_t n)
{
	if (c->rest.len < n) {
		fall(c, FALL_SHORT);
		return NULL;
	}
	const char *at = c->rest.ptr;
	c->rest = slice_from(c->rest, n);
	return at;
}

char
take_char(struct cursor *c)
{
	const char *p = take(c, 1);

	return p != NULL ? *p : '\0';
}

uint16_t
take_u16(struct cursor *c)
{
	const unsigned char *p = (const unsigned char *)take(c, 2);

	return p != NULL ? (uint16_t)(p[0] << 8 | p[1]) : 0;
}

uint32_t
take_u32(struct cursor *c)
{
	const char *p = take(c, 4);

	return p != NULL ? bytes_u32(p) : 0;
}

struct slice
take_string(struct cursor *c)
{
	if (c->rest.len == 0) {
		fall(c, FALL_SHORT);
		return (struct slice){ NULL, 0 };
	}
	size_t nul = slice_find(c->rest, '\0');
	if (nul == c->rest.len) {
		fall(c, FALL_NOT_TERMINATED);
		return (struct slice){ NULL, 0 };
	}
	struct slice s = slice_first(c->rest, nul);
	c->rest = slice_from(c->rest, nul + 1);
	return s;
}

struct slice
take_rest(struct cursor *c)
{
	struct slice all = c->rest;

	c->rest = (struct slice){ NULL, 0 };
	return all;
}
