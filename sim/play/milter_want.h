/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PLAY_MILTER_WANT_H
#define SIM_PLAY_MILTER_WANT_H

/*
 * milter_want - does a packet of the milter's meet an M< line and its M| lines?
 *
 * Pure: steps, variables and one packet.  A pattern that matches binds its
 * variables.
 */

#include "sim/transcript/pattern.h"
#include "sim/transcript/transcript.h"
#include "wire/frame.h"

/* Is this packet what the step wants? */
bool want_met(
    struct variables *v, const struct step *s, char letter, struct slice payload);

/* ... or one of n steps? */
bool want_met_by_any(struct variables *v, const struct step *s, size_t n, char letter,
    struct slice payload);

/* The first of n steps that wants this; NULL: none. */
const struct step *want_among(const struct step *s, size_t n, enum want want);

enum want_take {
	WANT_DONE,
	WANT_DONE_KEEP, /* done, and the packet is for the next line */
	WANT_PASS,      /* of no matter to this line */
	WANT_WRONG,
};

/* What a packet is to the line and its alternatives, n in all. */
enum want_take want_take(
    struct variables *v, const struct step *s, size_t n, const struct frame *f);

#endif
