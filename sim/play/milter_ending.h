/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PLAY_MILTER_ENDING_H
#define SIM_PLAY_MILTER_ENDING_H

/*
 * milter_ending - how a play with a milter ends, and what is said of it.
 *
 * The first end is the end: what comes after it changes nothing.
 */

#include "sim/io/loop.h"
#include "sim/play/milter_case.h"

/* Where a session stands to the transcript's point:. */
struct point {
	bool next; /* the next step is what the case is about */
	bool reached;
};

struct milter_ending {
	const struct milter_play_config *config;
	struct milter_outcome *outcome;
	struct loop *loop;   /* stopped at the end */
	struct point *point; /* of the session whose step is being done */
	bool over;
	enum milter_end end;
};

/* It is over: at step s or NULL, `expected` and `got` as an outcome has them or NULL. */
void ending_set(struct milter_ending *e, enum milter_end end, const struct step *s,
    const char *expected, const char *got);

/* An error of ours, in words. */
void ending_error(struct milter_ending *e, const struct step *s, const char *why);

/* The step differs: a failure, or before point: not reached. */
void ending_differs(struct milter_ending *e, const struct step *s, const char *got);

/* It differs, and may do so nowhere: a failure before point: too. */
void ending_fails(struct milter_ending *e, const struct step *s, const char *got);

/* What the case is about cannot come about. */
void ending_not_reached(struct milter_ending *e, const struct step *s, const char *why);

/* The transcript or the caller says that this rule may be broken. */
bool ending_allows(const struct milter_ending *e, enum wire_rule rule);

/* A rule was broken while step s was played: by the milter it is a failure. */
void ending_broke(struct milter_ending *e, const struct step *s, const struct breach *b);

/* The step is done, or at least was not passed over: point: has been reached. */
void ending_reach(struct milter_ending *e);

/* ... and an answer was held against it. */
void ending_met(struct milter_ending *e);

/* False: the milter's process is gone, and that is how it ended. */
bool ending_alive(struct milter_ending *e, const struct step *s);

#endif
