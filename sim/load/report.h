/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_LOAD_REPORT_H
#define SIM_LOAD_REPORT_H

/* report - what came of a load, for a person and for a program. */

#include <stdio.h>

#include "sim/load/load.h"

void load_report_text(
    FILE *to, const struct load_config *c, const struct load_result *r, const char *what);

/* One object; false: memory is out. */
bool load_report_json(
    FILE *to, const struct load_config *c, const struct load_result *r, const char *what);

#endif
