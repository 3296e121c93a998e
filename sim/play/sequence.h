/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PLAY_SEQUENCE_H
#define SIM_PLAY_SEQUENCE_H

/*
 * sequence - commands that a generator puts in place of point:.
 *
 * Either all of them by 2 or 3, in any order whatever, or a walk through the
 * states, which is in order as long as the milter consents; where it does not,
 * the commands that then have no place are passed over.  Private to generate.c.
 */

#include "sim/play/milter_case.h"

struct sequence {
	unsigned char command[GENERATOR_WALK_MAX]; /* of enum packet_kind */
	unsigned char form[GENERATOR_WALK_MAX];    /* which of the lines it may have */
	size_t count;
	uint64_t seed; /* of a walk */
	bool walk;
};

/* How many there are of `length` commands, and the i-th of them. */
size_t sequence_count(unsigned length);
void sequence_numbered(struct sequence *s, unsigned length, size_t i);

/* `length` commands by chance, in order. */
void sequence_walk(struct sequence *s, unsigned length, uint64_t seed);

/* Is it in order, from CONNECT on, if the milter consents to all of it? */
bool sequence_in_order(const struct sequence *s);

/* Plays it; o->variant names it. */
enum milter_end sequence_play(const struct milter_play_config *c,
    const struct sequence *s, bool at_once, struct milter_outcome *o);

/*
 * Takes commands away as long as it still fails in the same way; *o is then that
 * of the shortest.  At most 200 plays.
 */
void sequence_shrink(
    const struct milter_play_config *c, struct sequence *s, struct milter_outcome *o);

#endif
