/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PLAY_MILTER_ENGINE_H
#define SIM_PLAY_MILTER_ENGINE_H

/*
 * milter_engine - one variant of a play with a milter, from the first connection
 * to the last close.  Its steps, answers and results are in milter_step.c,
 * milter_reply.c and milter_result.c.
 */

#include "sim/play/milter_case.h"
#include "sim/play/variant.h"
#include "sim/transcript/pattern.h"

/* One variant.  *ret_cut_size: bytes of the packet behind point:. */
enum milter_end mplay_variant(const struct milter_play_config *config,
    const struct variant *v, struct milter_outcome *o, size_t *ret_cut_size);

/* The params, and ${session}; variables_clear() in every case. */
bool milter_play_variables(
    const struct milter_play_config *c, unsigned session, struct variables *v);

#endif
