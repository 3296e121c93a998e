/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_CHECK_PLAN_H
#define SIM_CHECK_PLAN_H

#include "sim/play/milter_play.h"

/*
 * plan - what a case would send, without a milter to send it to.
 *
 * Appends each line of the transcript, its parameters filled in where they are
 * known, and under a line that is sent its bytes.  What depends on an answer stays
 * as it is written.
 */
void plan_print(const struct transcript *t, const struct milter_param *param,
    size_t params, struct text *out);

#endif
