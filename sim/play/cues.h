/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PLAY_CUES_H
#define SIM_PLAY_CUES_H

/*
 * cues - which answers of a transcript a packet gets from an MTA that is not held to
 * that transcript.
 *
 * A command gets what stands below the next M> line of the same command, client,
 * filter and message; where the transcript has fewer of them, nothing.  A message
 * begins with each MAIL of the client, so that one which the MTA refused by itself does
 * not shift the answers to the next.  Of several MAILs that went out before any reply,
 * it is the next one that a filter is told of.
 *
 * Pure but for memory.
 */

#include "sim/transcript/transcript.h"
#include "wire/protocol.h"

struct cue_client { /* what a client has said */
	unsigned mails;
	unsigned fresh; /* of these since the last reply */
};

struct cue_line { /* how far one client's milter has come */
	unsigned message;
	size_t next[N_PACKETS]; /* the step from which one of that kind is looked for */
};

struct cues {
	const struct transcript *t;
	struct cue_client *client; /* connections */
	struct cue_line *line;     /* connections times milters */
	unsigned *message;         /* of each step that is a packet */
	enum packet_kind *kind;    /* the same; else N_PACKETS */
	bool *met;                 /* M> steps that have come */
};

/* The transcript is borrowed.  False: memory is out; clear it anyway. */
bool cues_init(struct cues *c, const struct transcript *t);
void cues_clear(struct cues *c);

/* The client has said this line of the transcript; a reply has come. */
void cues_said(struct cues *c, const struct step *s);
void cues_replied(struct cues *c, unsigned client);

/*
 * A command came to the filter (from 0) of that client (from 1), which may be one that
 * the transcript does not have.  NULL: no step is left for it.
 */
const struct step *cues_take(
    struct cues *c, unsigned client, size_t filter, enum packet_kind kind);

#endif
