/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PLAY_GENERATE_H
#define SIM_PLAY_GENERATE_H

/*
 * generate - plays the variants of a case (sim/transcript/generator.h).
 */

#include "sim/play/milter_play.h"
#include "sim/play/variant.h"
#include "sim/transcript/pattern.h"

/* All variants until one does not pass. */
enum milter_end generate(
    const struct milter_play_config *config, struct milter_outcome *o);

/* One variant (milter_play.c).  *ret_cut_size: bytes of the packet behind point:. */
enum milter_end mplay_variant(const struct milter_play_config *config,
    const struct variant *v, struct milter_outcome *o, size_t *ret_cut_size);

/* ${length} and ${bytes}; false: no room for them. */
bool variant_variables(const struct variant *v, struct variables *vars);

#endif
