/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_CHECK_NEUTRAL_H
#define SIM_CHECK_NEUTRAL_H

/*
 * neutral - how a milter answers one message when nothing odd comes before it.
 *
 * A sound milter may go by more than the message: each third one waits, a session has
 * four at most, one in ten is looked at, a field has a number or the time.  Before it is
 * blamed for two answers to one message, the message is played again and again, alone
 * and behind its like: where both answers come of that, it is no fault.  One answer that
 * changes for good in the middle of a session is one, unless it is to put off.
 *
 * Private to engine.c.
 */

#include "sim/check/engine.h"

/*
 * Do the milter's ways explain what differs in the job's watch?  Returns the way in
 * words for a person, or NULL.  Plays sessions of its own, for seconds; who puts off has
 * been started anew before, if it is ours, as it may go by what it had so far.
 */
const char *neutral_explains(struct job *j);

/* The judgement alone: do these answers explain the two? */
const char *neutral_way(const struct watch_gathered *g, const struct watch_answer *first,
    const struct watch_answer *other);

#endif
