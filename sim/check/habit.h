/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_CHECK_HABIT_H
#define SIM_CHECK_HABIT_H

/*
 * habit - one fault of a milter that would fail every case that comes its way.
 *
 * Who serves one session at a time, or a few, breaks con/two or con/many, and with it
 * each case that has as many; who hangs up behind a message, each that has a second
 * message.  The rule's own cases fail; where another seems to, the habit is asked for,
 * once, and the case was not reached.  Private to engine.c and process_case.c.
 */

#include "sim/check/engine.h"

/*
 * Does a habit of the job's milter explain what came in a case of the rule?  `got` is
 * what a play or a scene told; `two`: more than one session was open.  Returns the
 * habit in words for a person, or NULL.  Plays sessions of its own: seconds, once.
 */
const char *habit_explains(struct job *j, const char *rule, bool two, struct slice got);

/* Is it known to have the habit, in a case of another rule? */
bool habit_known(const struct job *j, const char *rule, enum habit h);

#endif
