/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_VIRUS_SIGNATURE_TWINS_H
#define POLICY_VIRUS_SIGNATURE_TWINS_H

/*
 * signature_twins - entries of a signature file that have the same pattern.
 *
 * They do no harm, but the second can never be the one that is found: most
 * often a name that somebody changed and then added again.  Private to
 * signatures.c.
 */

#include "policy/virus/signatures.h"

/* Appends a line to s->warnings for each; false when memory is out. */
bool signature_twins_warn(struct signatures *s);

#endif
