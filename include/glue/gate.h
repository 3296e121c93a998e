/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GLUE_GATE_H
#define GLUE_GATE_H

/*
 * gate - trouble that comes a thousand times a second is told once a minute.
 *
 * The first report of a cause is logged at once as a warning; more of the same
 * cause within GATE_SECONDS are counted, and the next one that is logged says
 * how many there were.  Thread-safe.
 */

#include <time.h>

#include "base/report.h"

enum { GATE_SECONDS = 60 };

/* The process's gate, ready to use; lives for ever. */
const struct report *gate_report(void);

/* For tests: the same with a clock in place of CLOCK_MONOTONIC; NULL restores. */
void gate_set_clock(time_t (*now)(void));

#endif
