/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PLAY_MILTER_DIFF_H
#define SIM_PLAY_MILTER_DIFF_H

/*
 * milter_diff - a message that results, held whole against R: lines, and the
 * difference as a unified diff.  Pure but for memory.
 */

#include "sim/transcript/pattern.h"
#include "sim/transcript/transcript.h"

enum { RESULT_MAX = 16 * 1024 * 1024 };

enum milter_same { RESULT_SAME, RESULT_OTHER, RESULT_TOO_MUCH /* or no memory */ };

/* Against n R: lines; what differs goes to *diff. */
enum milter_same result_lines(struct variables *v, const struct step *s, size_t n,
    struct slice result, struct text *diff);

/* Against the message as it was before, in the same lines. */
bool result_same(
    struct variables *v, struct slice before, struct slice result, struct text *diff);

#endif
