/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_CHECK_OUTCOME_H
#define SIM_CHECK_OUTCOME_H

/*
 * outcome - what can come of a case, and what that means for all of them.
 *
 * A case whose point was not reached is never a pass: it is counted apart, and
 * so is a fault that a library is known to have.  Pure and thread-safe.
 */

#include <stdbool.h>

#include "base/slice.h"

enum check_level {
	CHECK_MUST,    /* an MTA loses mail or the session, or the protocol says so */
	CHECK_INTEROP, /* one MTA breaks on it */
	CHECK_SHOULD,  /* counts with --strict only */
	CHECK_INFO,    /* is reported, never judged */
	N_CHECK_LEVELS
};

enum check_outcome {
	CHECK_PASS,
	CHECK_FAIL,
	CHECK_NOT_REACHED, /* the milter went another way before the case's point */
	CHECK_NOT_RUN,     /* not tried here; the reason is told */
	CHECK_KNOWN,       /* failed as a library is known to, docs/FINDINGS.md */
	CHECK_ERROR,       /* of ours: memory, descriptors, the case itself */
	N_OUTCOMES
};

extern const char *const check_level_names[N_CHECK_LEVELS]; /* "must" */
extern const char *const check_outcome_names[N_OUTCOMES];   /* "not reached" */

/* By name; N_CHECK_LEVELS, N_OUTCOMES when there is none. */
enum check_level check_level_named(struct slice name);
enum check_outcome check_outcome_named(struct slice name);

/* How many cases ended so; zero it to begin. */
struct check_tally {
	unsigned n[N_CHECK_LEVELS][N_OUTCOMES];
	bool dead; /* the milter could not be reached, or not be started */
};

void check_count(struct check_tally *t, enum check_level l, enum check_outcome o);

/* All levels together. */
unsigned check_total(const struct check_tally *t, enum check_outcome o);

/* Does this end of a case of this level make the whole fail? */
bool check_is_failure(enum check_level l, enum check_outcome o, bool strict);

/* Exit codes of check beside those of all subcommands. */
enum { CHECK_NOTHING_RUN = 77 };

/*
 * 0 nothing failed, 1 something did, 3 the milter was not to be had, 77 no case
 * came to its point.
 */
int check_exit(const struct check_tally *t, bool strict);

#endif
