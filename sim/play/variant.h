/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PLAY_VARIANT_H
#define SIM_PLAY_VARIANT_H

/*
 * variant - one of the ways in which a case with `generate:` is played.
 *
 * A variant changes what the transcript's own steps leave open: where the packet
 * behind point: is cut, the length that ${length} stands for, how many sessions
 * run side by side, or which commands stand in place of point:.
 */

#include "sim/transcript/pattern.h"
#include "sim/transcript/transcript.h"

struct variant {
	size_t cut;    /* of the packet behind point:, into two; 0: whole */
	size_t length; /* ${length}, and ${bytes} of so many; see has_length */
	bool has_length;
	unsigned sessions; /* side by side, from 1 */
	uint64_t seed;     /* of what is left to chance */
	/* Steps in place of the transcript's; NULL: those. */
	const struct step *step;
	size_t steps;
};

/* ${length} and ${bytes}; false: no room for them. */
bool variant_variables(const struct variant *v, struct variables *vars);

#endif
