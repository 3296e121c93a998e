/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PLAY_JOURNAL_H
#define SIM_PLAY_JOURNAL_H

/*
 * journal - what a play saw, in lines of a transcript, for who reads why it failed.
 *
 * Long lines are cut; the text's limit bounds the rest.
 */

#include "sim/transcript/event.h"

enum { JOURNAL_LINE_MAX = 300 }; /* bytes of a line */

void journal_event(struct text *journal, const struct event *e);

#endif
