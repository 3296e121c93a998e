/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PLAY_STRAND_LINES_H
#define SIM_PLAY_STRAND_LINES_H

/*
 * strand_lines - what a line of the transcript does.  Private to strand.
 *
 * strand.c has the order and the clock, strand_send.c the lines of the MTA,
 * strand_reply.c those that hold what came against them: three kinds of lines
 * that wait, end and reach point: in one way, hence one state.
 */

#include "sim/play/strand.h"

enum stepped { STEP_DONE, STEP_WAITS };

/* --- strand_send.c: M>, M>>, M=, M!, let:, point: --- */

enum stepped strand_send(struct strand *d, const struct step *s);

/* The connection of a line, opened unless it is; NULL: it failed, and all is over. */
struct milter_line *strand_open(struct strand *d, const struct step *s);

/* --- strand_reply.c: M<, R:, R<, R! same --- */

/* The M< line at s and its M| lines, n in all. */
enum stepped strand_reply(struct strand *d, const struct step *s, size_t n);

/* R: lines, from s on, n in all; R! same; R<. */
enum stepped strand_result(struct strand *d, const struct step *s, size_t n);

/* How long the line at s may take. */
unsigned strand_patience(const struct strand *d, const struct step *s, size_t n);

/* Its time is over. */
void strand_late(struct strand *d, const struct step *s, size_t n);

#endif
