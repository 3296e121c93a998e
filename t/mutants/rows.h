/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MUTANTS_ROWS_H
#define MUTANTS_ROWS_H

/*
 * rows - how a row of defects is written.  name, family, rule and sentence come
 * first; then where it strikes and what it does, or its quirk.
 */

#include <string.h>

#include "defect.h"

#define AT(...) .at = { .command = __VA_ARGS__ }
#define P(text)                                                                          \
	{                                                                                \
		text, sizeof(text) - 1                                                   \
	} /* letter, payload */
#define SAY(...)      .say = { __VA_ARGS__ }
#define SAY_RAW(text) .say = { P(text) }, .raw = true
#define LAST                                                                             \
	{                                                                                \
		0                                                                        \
	}

/* Where trouble likes to be. */
static inline bool
later(const struct seen *x)
{
	return x->message > 1;
}

static inline bool
after_abort(const struct seen *x)
{
	return x->after_abort;
}

static inline bool
pipelined(const struct seen *x)
{
	return x->pipelined;
}

static inline bool
crowded(const struct seen *x)
{
	return x->crowded;
}

static inline bool
outside(const struct seen *x)
{
	return !x->in_message;
}

static inline bool
inside(const struct seen *x)
{
	return x->in_message;
}

static inline bool
empty(const struct seen *x)
{
	return x->len == 0;
}

static inline bool
unterminated(const struct seen *x)
{
	return x->len > 0 && x->payload[x->len - 1] != '\0';
}

#endif
