/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_MACRO_GIVEN_H
#define SIM_MACRO_GIVEN_H

/*
 * macro_given - macros whose value the operator gave, whatever is known.
 *
 * A name of the profile's lists is told where those have it, or where a filter's
 * SETSYMLIST asks for it; any other is told at CONNECT.  Pure.
 */

#include "base/text.h"
#include "sim/profile/profile.h"

enum { MACRO_NAME_MAX = 40 };

struct macro_given {
	struct slice name, value; /* "i", "{auth_authen}"; borrowed */
};

/*
 * NAME=VALUE: a letter, or letters, digits and underscores, in braces or not.
 * *name, fresh, gets the name in braces; the value borrows from `words`.
 */
bool macro_given_parse(struct slice words, struct text *name, struct macro_given *ret);

/* The value given last; false: none. */
bool macro_given_find(
    const struct macro_given *m, size_t n, struct slice name, struct slice *ret);

/* Appends those names, a blank before each, that no list of the profile has. */
void macro_given_unlisted(
    const struct macro_given *m, size_t n, const struct profile *p, struct text *names);

#endif
