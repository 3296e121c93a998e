/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PLAY_STRAND_H
#define SIM_PLAY_STRAND_H

/*
 * strand - the steps of one session of a play with a milter, one after another:
 * the transcript's, or the variant's in place of them.
 *
 * It has its own connections, variables and clock; who plays several side by side
 * lets each do a step in turn.
 */

#include "sim/play/milter_ending.h"
#include "sim/play/milter_line.h"
#include "sim/play/variant.h"
#include "sim/transcript/pattern.h"

/* What all strands of a play have in common. */
struct strand_share {
	struct loop *loop;
	struct milter_ending *ending;
	const struct variant *variant;
	struct milter_place place;
	const struct step *step;
	size_t steps;
	void (*wake)(void *self); /* something may go on; soon, from any callback */
	void *self;
};

struct strand {
	const struct strand_share *share;
	struct milter_line *line; /* its own, one for each connection */
	unsigned number;          /* from 1 */
	size_t at;
	bool waiting; /* the step at `at` has begun to wait */
	bool done;
	struct point point;
	struct variables variables;
	struct timer deadline, gap;
	size_t cut_size; /* of the packet that a variant cuts */
};

/* False: too many variables.  strand_clear() in every case. */
bool strand_init(struct strand *d, const struct strand_share *share, unsigned number,
    struct milter_line *line);
void strand_clear(struct strand *d);

/* One step; false: it waits, all are done, or the play is over. */
bool strand_advance(struct strand *d);

/* The step that it is at, or the last one; NULL: there is none. */
const struct step *strand_step(const struct strand *d);

/* How long an M< line may take. */
unsigned strand_answer_ms(const struct milter_play_config *c);

#endif
