/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PLAY_SURVEY_H
#define SIM_PLAY_SURVEY_H

/*
 * survey - a transcript played to any MTA, to see what it does with it.
 *
 * The transcript's client speaks to the MTA, and its milters answer where the MTA looks
 * for them: the answers below an M> line go to the same command of the same message
 * (cues.h), all else is continued.  Nothing is held against the transcript.  For each
 * S: line that ends a reply a whole reply is waited for, whatever it says; for an M> line
 * until the packet has come, or cannot come any more, or the server speaks, or for
 * SURVEY_PACKET_MS.  Then the next line is played.
 *
 * It always ends: a reply is waited for reply_ms, and so is the end of all milter
 * connections when the client has gone; more than SURVEY_BYTES_MAX are not written down.
 *
 * One thread.
 */

#include "sim/play/play.h"

enum {
	SURVEY_PACKET_MS = 2000,
	SURVEY_BYTES_MAX = 128 * 1024 * 1024, /* of SMTP and packets, in one session */
};

struct survey_config {
	const struct transcript *transcript; /* speaks SMTP, and has lines */
	const struct socket_address *server;
	/* Where the MTA finds its milters; NULL: nobody is there. */
	const char *milter[TRANSCRIPT_MILTERS];
	unsigned reply_ms;
	/* Each event, in order, `ms` set.  False: enough, it ends there. */
	bool (*see)(void *self, const struct event *e);
	void *self;
};

enum survey_end {
	SURVEY_WHOLE,       /* each line had its turn */
	SURVEY_CUT,         /* ended before: why */
	SURVEY_UNREACHABLE, /* the MTA, or a milter's address: why */
	SURVEY_IMPOSSIBLE,  /* a line that cannot be played: why */
	SURVEY_STOPPED,     /* see() had enough, or an interrupt */
};

struct survey_result {
	const char *file; /* the line where it ended early; the transcript's, or NULL */
	unsigned line;
	struct text why;
	unsigned long replies, packets; /* that came: whole replies; to milters */
};

#define SURVEY_RESULT_INIT                                                               \
	{                                                                                \
		.why = TEXT_INIT(4096)                                                   \
	}

/* Takes signals, see interrupt.h.  *r must be fresh. */
enum survey_end survey(const struct survey_config *config, struct survey_result *r);

void survey_result_clear(struct survey_result *r);

#endif
