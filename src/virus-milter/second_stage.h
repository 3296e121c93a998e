/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef VIRUS_MILTER_SECOND_STAGE_H
#define VIRUS_MILTER_SECOND_STAGE_H

/*
 * second_stage - from the keys that begin with "clamd" to a clamd behind the policy.
 */

#include "options.h"
#include "policy/virus/second.h"

/*
 * Fills *ret, which borrows from the options; zeroed where no clamd is wanted.
 * False: *why.
 */
bool second_stage_open(
    const struct options *o, struct second_rules *ret, struct text *why);

/* The rules of it are in force: it looks after its servers. */
void second_stage_start(const struct second_rules *r);

/* Appends "; clamd unix:/a", or nothing. */
void second_stage_announce(const struct second_rules *r, struct text *line);

/* Appends its figures, or nothing. */
void second_stage_measure(const struct second_rules *r, struct text *to);

void second_stage_close(const struct second_rules *r);

#endif
