/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PATTERN_H
#define SIM_PATTERN_H

/*
 * pattern - a line of which parts may vary.
 *
 *	${*}     any bytes, none too
 *	${name}  one byte or more: on first use it takes what stands there, later
 *	         it must be the same again.  A name has letters, digits and _
 *	$${      a ${ that stands for itself
 *
 * Everything else is itself, a lone $ too.  Of several ways to match, each
 * part takes as little as it can, from left to right.
 *
 * The work is bounded: PATTERN_PARTS parts, and a match tries at most
 * PATTERN_WORK times.  One struct variables belongs to one thread.
 */

#include "base/text.h"

enum {
	PATTERN_PARTS = 8,      /* ${...} in one line */
	PATTERN_WORK = 1000000, /* attempts in one match */
	VARIABLES = 64,         /* names in one transcript */
	VARIABLE_MAX = 65536,   /* bytes of a value: a payload of any length */
};

struct variables {
	struct text name[VARIABLES], value[VARIABLES];
	bool varies[VARIABLES]; /* the value is a pattern */
	size_t count;
};

void variables_init(struct variables *v);
void variables_clear(struct variables *v);

/* Sets or replaces; false when there is no room. */
bool variables_set(struct variables *v, struct slice name, struct slice value);
/* The same; a value with ${*} in it, and no name, stands for whatever it matches. */
bool variables_set_pattern(struct variables *v, struct slice name, struct slice pattern);
bool variables_get(const struct variables *v, struct slice name, struct slice *ret);

/* Letters, digits and _, 1 to 64 of them. */
bool pattern_name_good(struct slice name);

/* Has it a ${ that does not stand for itself? */
bool pattern_varies(struct slice pattern);

/* Is the pattern well written?  False: *why says what is not. */
bool pattern_check(struct slice pattern, struct text *why);

/* Appends the line as a pattern that matches just this: each ${ as $${. */
void pattern_escape(struct text *out, struct slice line);

/* On true the names that were free are bound; on false nothing has changed. */
bool pattern_match(struct slice pattern, struct slice line, struct variables *v);

/*
 * Appends the line with its variables filled in.  False: *why names one that
 * has no value, or says that it does not fit.
 */
bool pattern_fill(
    struct slice pattern, const struct variables *v, struct text *out, struct text *why);

#endif
