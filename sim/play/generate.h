/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PLAY_GENERATE_H
#define SIM_PLAY_GENERATE_H

/*
 * generate - plays the variants of a case (sim/transcript/generator.h).
 * Private to milter_play.c.
 */

#include "sim/play/milter_case.h"

/* All variants until one does not pass. */
enum milter_end generate(
    const struct milter_play_config *config, struct milter_outcome *o);

#endif
