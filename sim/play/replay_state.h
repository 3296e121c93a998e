/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PLAY_REPLAY_STATE_H
#define SIM_PLAY_REPLAY_STATE_H

/* replay_state - one connection of a replay.  Private to replay.c and replay_step.c. */

#include "sim/play/mta_link.h"
#include "sim/play/replay.h"

enum { REPLAY_LINE_MAX = 8 * RECORD_BYTES_MAX };

struct replay {
	const struct replay_config *config;
	struct replay_outcome *o;
	struct loop *loop;
	struct mta_link link;
	unsigned long conn;
	size_t at; /* of the recording's events */
	struct timer late, stop;
	struct mask_state masks;
	size_t around;
	bool shut; /* we have no more to say */
	bool over; /* the connection is */
	enum replay_end end;
};

/* The next event of the recording.  False: something has to happen first. */
bool replay_step(struct replay *r);

void replay_fail(struct replay *r, enum replay_end end, const char *why);

/* They part here. */
void replay_part(
    struct replay *r, const struct recorded *at, struct slice expected, struct slice got);

/* Nothing came in time. */
void replay_late(struct replay *r);

void replay_finish(struct replay *r, enum replay_end end);

#endif
