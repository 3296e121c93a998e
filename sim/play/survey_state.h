/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PLAY_SURVEY_STATE_H
#define SIM_PLAY_SURVEY_STATE_H

/*
 * survey_state - what survey.c, which has what comes and how it ends, and
 * survey_step.c, which does the lines, share.  Private to the two.
 */

#include "sim/io/interrupt.h"
#include "sim/play/cues.h"
#include "sim/play/play_state.h"
#include "sim/play/survey.h"

/* A message that the MTA did not want is left out, up to the reply to its dot. */
enum unwanted { UNWANTED_NOT, UNWANTED_TEXT, UNWANTED_REPLY };

struct survey_talk { /* what is known of an SMTP connection */
	enum unwanted unwanted;
	bool spoke;    /* the server, since its client did */
	bool text;     /* the client is in a message that the server wanted */
	unsigned owed; /* replies to what the client said */
};

struct survey {
	struct play play;
	const struct survey_config *config;
	struct survey_result *result;
	struct cues cues;
	struct interrupt interrupt;
	struct survey_talk talk[TRANSCRIPT_CONNECTIONS];
	uint64_t bytes; /* seen so far */
	enum survey_end end;
	bool leaving; /* all lines are done, and the client has gone */
};

static inline struct survey *
survey_of(const struct play *p)
{
	return p->self;
}

/* --- survey.c --- */

void survey_end_early(struct play *p, enum survey_end end, const char *why);

/* --- survey_step.c --- */

/* Is it the last or only line of a reply? */
bool survey_ends_reply(struct slice line);

extern bool (*const survey_does[])(struct play *p, const struct step *s);

#endif
