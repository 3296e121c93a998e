/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PLAY_MATCHER_H
#define SIM_PLAY_MATCHER_H

/*
 * matcher - packets of milters held against the M lines of a transcript.
 *
 * A packet to a milter is held against the next M> line of that milter, up to the
 * next line of a client: what is behind that cannot have been caused yet.  An
 * answer of a real milter is held against the M< lines below the M> line that was
 * met; changes that none of them names are passed over until the final answer.
 *
 * Pure but for memory: knows no socket, and no clock.
 */

#include "sim/play/channel.h"
#include "sim/transcript/event.h"
#include "sim/transcript/pattern.h"
#include "sim/transcript/transcript.h"

struct matcher {
	const struct transcript *t;
	struct variables *variables;
	struct channel *channel; /* connections times milters */
	bool *met;               /* M> and M< steps that have come */
};

/* Transcript and variables are borrowed.  False: memory is out; clear it anyway. */
bool matcher_init(
    struct matcher *m, const struct transcript *t, struct variables *variables);
void matcher_clear(struct matcher *m);

struct channel *matcher_channel(struct matcher *m, unsigned conn, size_t filter);

enum match {
	MATCH_MET,    /* *ret_step has come */
	MATCH_NONE,   /* nothing waits for it, and nothing must */
	MATCH_WRONG,  /* *ret_step waited for something else; *got says what came */
	MATCH_STRANGE /* no line names it, and each should be named */
};

/*
 * One EVENT_PACKET of either side, while the step number `at` waits.  *ret_step is
 * set with MET and WRONG, *got is appended to with WRONG and STRANGE.
 */
enum match matcher_packet(struct matcher *m, size_t at, const struct event *e,
    const struct step **ret_step, struct text *got);

#endif
