/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PLAY_MILTER_ENGINE_H
#define SIM_PLAY_MILTER_ENGINE_H

/*
 * milter_engine - one variant of a play with a milter, from the first connection
 * to the last close: its sessions side by side, each a struct strand.
 */

#include "sim/play/milter_case.h"
#include "sim/play/variant.h"

/* One variant.  *ret_cut_size: bytes of the packet behind point:. */
enum milter_end mplay_variant(const struct milter_play_config *config,
    const struct variant *v, struct milter_outcome *o, size_t *ret_cut_size);

#endif
