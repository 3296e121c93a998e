/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PLAY_H
#define SIM_PLAY_H

/*
 * play - runs one transcript against a server.
 *
 * The server is one inside this process, on the same loop, with socketpairs in
 * place of the network; or any server at an address.  Milters are played by the
 * transcript's script, or real ones that the server inside connects to.
 *
 * Where all play inside this process no time passes: what waits for a time has it at
 * once.  Else it is the world's, or a multiple of it.
 *
 * Everything has a limit: each line that waits ends after the transcript's
 * timeout, and "no answer in time" is then what was got.
 */

#include "sim/server/server.h"
#include "sim/transcript/transcript.h"

struct play_config {
	const struct transcript *transcript;
	/* The server inside; NULL: the one at `server`. */
	struct server_config *serve;
	bool real[TRANSCRIPT_MILTERS]; /* this filter of `serve` is a real one */
	const struct socket_address *server;
	/* With `server`: where its MTA finds the played milters; NULL: nowhere. */
	const char *played[TRANSCRIPT_MILTERS];
	bool may_be_absent;  /* M lines whose milter has no such address are no fault */
	unsigned timeout_ms; /* 0: the transcript's */
	unsigned time_scale; /* times as fast as the world, see loop.h; 0: 1 */
};

enum play_end {
	PLAY_SAME,
	PLAY_DIFFERENT,
	PLAY_UNREACHABLE, /* could not connect, or not listen */
	PLAY_IMPOSSIBLE,  /* the transcript asks for what this server cannot show */
};

struct play_result {
	const char *file; /* the transcript's */
	unsigned line;
	struct text expected, got; /* as lines of a transcript; or got alone: trouble */
	struct text log;           /* both dialogues up to there */
};

#define PLAY_RESULT_INIT                                                                 \
	{                                                                                \
		.expected = TEXT_INIT(4096), .got = TEXT_INIT(4096),                     \
		.log = TEXT_INIT(1024 * 1024),                                           \
	}

/* Always ends.  The log is filled whatever comes of it. */
enum play_end play_run(const struct play_config *config, struct play_result *r);

void play_result_clear(struct play_result *r);

#endif
