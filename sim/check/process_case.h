/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_CHECK_PROCESS_CASE_H
#define SIM_CHECK_PROCESS_CASE_H

#include "sim/check/engine.h"

/*
 * process_case - cases about the milter's process: signals, restarts, what it
 * holds.  A case names one by `process: NAME [ARGUMENT]`; the rows stand in
 * process_case.c.  Private to engine.c.
 */

/* Plays it with the job's milter, which runs; fills outcome, why, expected, got. */
void process_case(struct job *j, const struct check_case *k, struct check_result *r);

#endif
