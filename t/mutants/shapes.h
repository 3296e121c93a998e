/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MUTANTS_SHAPES_H
#define MUTANTS_SHAPES_H

/* shapes - what a payload looks like, as the rows of rows_shape.c ask. */

#include "rows.h"

static inline bool
bare(const struct seen *x)
{
	return x->len > 0 && x->payload[0] != '<';
}

static inline bool
no_domain(const struct seen *x)
{
	return memchr(x->payload, '@', x->len) == NULL;
}

static inline bool
nothing(const struct seen *x)
{
	return x->headers == 0 && x->bodies == 0;
}

/* The first NUL, and how many bytes come behind it. */
static inline size_t
behind(const struct seen *x)
{
	const unsigned char *nul = memchr(x->payload, 0, x->len);

	return nul == NULL ? x->len : x->len - (size_t)(nul - x->payload) - 1;
}

static inline bool
no_nul(const struct seen *x)
{
	return x->len > 0 && memchr(x->payload, 0, x->len) == NULL;
}

static inline bool
no_host(const struct seen *x)
{
	return x->len > 0 && x->payload[0] == 0;
}

static inline bool
ends_at_host(const struct seen *x)
{
	return x->len > 0 && !no_nul(x) && behind(x) == 0;
}

static inline bool
ends_in_port(const struct seen *x)
{
	return !no_nul(x) && behind(x) == 2;
}

static inline bool
ends_at_port(const struct seen *x)
{
	return !no_nul(x) && behind(x) == 3;
}

static inline bool
one_string(const struct seen *x)
{
	return x->len > 1 && behind(x) == 0;
}

static inline bool
long_name(const struct seen *x)
{
	return x->len > 50000 && behind(x) < 10000;
}

static inline bool
open_value(const struct seen *x)
{
	return x->len > 3 && x->payload[x->len - 1] != 0;
}

static inline bool
nul_letter(const struct seen *x)
{
	return x->letter == 0;
}

static inline bool
bare_cr(const struct seen *x)
{
	for (size_t i = 0; i + 1 < x->len; i++) {
		if (x->payload[i] == '\r' && x->payload[i + 1] != '\n')
			return true;
	}
	return false;
}

static inline bool
bare_lf(const struct seen *x)
{
	for (size_t i = 1; i < x->len; i++) {
		if (x->payload[i] == '\n' && x->payload[i - 1] != '\r')
			return true;
	}
	return false;
}

static inline bool
no_lf(const struct seen *x)
{
	return x->len > 0 && x->payload[x->len - 1] != '\n';
}

static inline bool
unsaid(const struct seen *x)
{
	return x->last == 0 && x->len == 0;
}

#endif
