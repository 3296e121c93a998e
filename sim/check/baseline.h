/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_CHECK_BASELINE_H
#define SIM_CHECK_BASELINE_H

#include "sim/check/report.h"

/*
 * baseline - failures that are known and agreed to, an id a line, # for comments.
 *
 * What fails and stands there is known; what stands there and passes is a failure:
 * the list has to shrink when the milter gets better.
 */

/* False: *why says file and line. */
bool baseline_read(const char *file, struct text *ret, struct text *why);

/* Changes outcomes and tally accordingly. */
void baseline_apply(struct check_report *t, struct slice ids, const char *file);

/* The ids of what fails now. */
bool baseline_write(const struct check_report *t, const char *file);

#endif
