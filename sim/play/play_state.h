/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PLAY_STATE_H
#define SIM_PLAY_STATE_H

/*
 * play_state - what play.c, which has the clock and the ends, and play_step.c,
 * which does the lines, share.  Private to the two.
 */

#include "sim/play/cast.h"
#include "sim/play/matcher.h"
#include "sim/play/talk.h"

struct play {
	const struct play_config *config;
	const struct transcript *t;
	struct play_result *result;
	struct loop *loop;
	struct variables variables;
	struct cast cast;
	struct matcher matcher;
	struct talk *talk; /* t->connections */
	struct timer wake, deadline;
	size_t at;     /* the step that waits */
	unsigned done; /* repeats of it that are done */
	bool over;
	enum play_end end;
};

/* --- play.c --- */

/* It is over: `expected` and `got` as printf would make them; NULL: nothing. */
void play_fail(struct play *p, enum play_end end, const char *expected, const char *got);

/* The step differs; `got` is in the transcript's words, escaped. */
void play_differs(struct play *p, const struct step *s, struct slice got);

/* Opens a connection unless it is open; false: it failed and is over. */
bool play_open(struct play *p, struct talk *k);

/* The step that waits is looked at again, soon; safe from any callback. */
void play_poke(struct play *p);

/* --- play_step.c --- */

/* Does what can be done; false: it has to wait. */
bool play_step(struct play *p, const struct step *s);

/* The time for the step that waits is over. */
void play_timeout(struct play *p, const struct step *s);

#endif
