/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_TRANSCRIPT_GENERATOR_H
#define SIM_TRANSCRIPT_GENERATOR_H

/*
 * generator - the `generate:` line of a case: many variants of it.
 *
 *	cuts                   the packet behind point: in two writes, cut behind
 *	                       each of its bytes in turn
 *	lengths A to B [by K]  ${length} from A to B, ${bytes} so many x
 *	lengths N N ...        just these
 *	lengths N ... borders to M   and those around each border of a buffer
 *	sessions N [times M]   N of the session side by side, their lines mixed by
 *	                       chance, M mixtures; ${session} is 1 to N
 *	sequences 2 | 3        in place of point:, all commands by 2 or 3, each
 *	                       sequence in one write, QUIT, and all that comes
 *	walks M of N           in place of point:, M walks of N commands through the
 *	                       states, an answer awaited for each
 *
 * Lines before point: are played in front of each variant, those behind it after.
 * sim/play/generate.h plays them.
 */

#include "base/text.h"

enum {
	GENERATOR_LENGTHS_MAX = 4096, /* variants of one case */
	GENERATOR_SESSIONS_MAX = 200,
	GENERATOR_BEFORE = 28, /* a border, what is around the text: CONNECT's most */
	GENERATOR_TIMES_MAX = 1000,
	GENERATOR_SEQUENCE_MAX = 3,
	GENERATOR_WALKS_MAX = 100000,
	GENERATOR_WALK_MAX = 1000, /* commands */
};

enum generator_kind {
	GENERATE_ONE, /* no generate: line */
	GENERATE_CUTS,
	GENERATE_LENGTHS,
	GENERATE_SESSIONS,
	GENERATE_SEQUENCES,
	GENERATE_WALKS,
};

struct generator {
	enum generator_kind kind;
	size_t *length; /* owned */
	size_t lengths, length_room;
	unsigned long n;     /* sessions, commands of a sequence or walk */
	unsigned long times; /* mixtures, walks */
};

/* False: *why.  generator_clear() in both cases. */
bool generator_read(struct slice line, struct generator *ret, struct text *why);
void generator_clear(struct generator *g);

#endif
