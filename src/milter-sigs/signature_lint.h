/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MILTER_SIGS_SIGNATURE_LINT_H
#define MILTER_SIGS_SIGNATURE_LINT_H

/*
 * signature_lint - signatures that work, but not well.
 *
 * Beside what the reader of the file warns of (the same pattern twice): what
 * milter-sigs/worth.h finds fault with, a pattern that holds another one, which
 * is then always found first, and one that no line of a message can be.  Appends lines
 * "12: NAME: what" to *to, in the order of the file.  False: no memory.
 */

#include "policy/virus/signatures.h"

bool signature_lint(const struct signatures *s, struct text *to, size_t *ret_faults);

#endif
