/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_LOAD_LINE_TALK_H
#define SIM_LOAD_LINE_TALK_H

/*
 * line_talk - what a line says next and what an answer means for it; line.c has
 * the socket and the clocks.  Private to the two.
 */

#include "sim/load/line.h"

/* --- line_talk.c --- */

/* Monotonic, in microseconds. */
uint64_t line_now_us(void);

/* From the first unit of what is at hand. */
void line_rewind(struct line *l);

/* Fills `out` as far as it goes without an answer, a pause, or a write. */
void line_talk(struct line *l);

/* True when the answer that is due has come; false: not yet, or a fault. */
bool line_take_answer(struct line *l);

/* --- line.c --- */

/* Closes, and tells the owner why. */
void line_fault(struct line *l, const char *what);

#endif
