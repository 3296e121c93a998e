/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PLAY_GENERATE_H
#define SIM_PLAY_GENERATE_H

/*
 * generate - many variants of one case, from its `generate:` line.
 *
 *	cuts                   the packet behind point: in two writes, cut behind
 *	                       each of its bytes in turn
 *	lengths A to B [by K]  ${length} from A to B, ${bytes} so many x
 *	lengths N N ...        just these
 *	sessions N [times M]   N of the session side by side, their lines mixed by
 *	                       chance, M mixtures; ${session} is 1 to N
 *	sequences 2 | 3        in place of point:, all commands by 2 or 3, each
 *	                       sequence in one write, QUIT, and all that comes
 *	walks M of N           in place of point:, M walks of N commands through the
 *	                       states, an answer awaited for each; one that fails is
 *	                       made as short as it can be and still fail
 *
 * Lines before point: are played in front of each variant, those behind it after.
 */

#include "sim/play/milter_play.h"
#include "sim/play/variant.h"
#include "sim/transcript/pattern.h"

enum {
	GENERATE_LENGTHS_MAX = 4096, /* variants of one case */
	GENERATE_SESSIONS_MAX = 200,
	GENERATE_TIMES_MAX = 1000,
	GENERATE_WALKS_MAX = 100000,
	GENERATE_WALK_MAX = 1000, /* commands */
};

/* All variants until one does not pass. */
enum milter_end generate(
    const struct milter_play_config *config, struct milter_outcome *o);

/* Is the line well written?  False: *why.  Empty is. */
bool generate_check(struct slice line, struct text *why);

/* One variant (milter_play.c).  *ret_cut_size: bytes of the packet behind point:. */
enum milter_end mplay_variant(const struct milter_play_config *config,
    const struct variant *v, struct milter_outcome *o, size_t *ret_cut_size);

/* ${length} and ${bytes}; false: no room for them. */
bool variant_variables(const struct variant *v, struct variables *vars);

#endif
