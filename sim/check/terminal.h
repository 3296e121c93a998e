/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_CHECK_TERMINAL_H
#define SIM_CHECK_TERMINAL_H

/*
 * terminal - a run while it goes, for a person.
 *
 * On a terminal: a line for each family that fills up, and below them the
 * failures as they come.  Elsewhere: failures as they come, then the families.
 * At the end each failure whole, and a summary that says what to do.
 */

#include "sim/check/report.h"

struct terminal;

/* NULL: memory is out.  `cases`: those that will be played, in order. */
struct terminal *terminal_new(
    FILE *to, bool live, bool colour, const struct check_head *const *head, size_t n);
void terminal_free(struct terminal *t);

void terminal_found(struct terminal *t, const struct check_result *r);

/* Failures whole, and the summary. */
void terminal_end(struct terminal *t, const struct check_report *report);

#endif
