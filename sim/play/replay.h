/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PLAY_REPLAY_H
#define SIM_PLAY_REPLAY_H

/*
 * replay - a recording's MTA played to a milter, and its answers held against those
 * of the recording.
 *
 * The MTA's packets go out as they were recorded, macros and queue ids too, one
 * connection after the other, each answer being waited for where it stands in the
 * recording.  Lines are compared as compare does it, with the same masks; progress is
 * passed over on both sides.  A connection ends at its first difference: the MTA would
 * have said something else from there on.  Answers to a recording that was masked are
 * masked as well.
 *
 * It always ends: each answer is waited for answer_ms.  Nothing is printed.
 */

#include "sim/io/socket.h"
#include "sim/record/mask.h"
#include "sim/record/recording_file.h"

struct replay_config {
	const struct recording *recording;
	size_t filter; /* whose connections, from 0 */
	const struct socket_address *address;
	const struct masks *masks;
	unsigned answer_ms;
	bool (*stop)(void *self); /* asked now and then; NULL: never */
	void *self;
};

enum replay_end {
	REPLAY_SAME,
	REPLAY_OTHER,
	REPLAY_UNREACHABLE, /* got: why */
	REPLAY_STOPPED,
	REPLAY_ERROR, /* got: why */
};

struct replay_outcome {
	unsigned long answers; /* alike */
	unsigned long connections;
	bool cut;    /* the recording itself ends early */
	size_t line; /* of the recording, where they part */
	struct text expected, got;
	struct text around; /* lines before it */
};

#define REPLAY_OUTCOME_INIT                                                              \
	{                                                                                \
		.expected = TEXT_INIT(2000), .got = TEXT_INIT(2000),                     \
		.around = TEXT_INIT(16000),                                              \
	}

/* *o must be fresh. */
enum replay_end replay(const struct replay_config *config, struct replay_outcome *o);

void replay_outcome_clear(struct replay_outcome *o);

#endif
