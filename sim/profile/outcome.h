/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_OUTCOME_H
#define SIM_OUTCOME_H

/*
 * outcome - what all filters together said to one event.
 *
 * The chain makes one, the profile turns it into what the client is told.
 */

#include <stdbool.h>

#include "base/slice.h"

enum outcome_kind {
	OUTCOME_GO,              /* nobody objects */
	OUTCOME_REJECT,          /* `r` */
	OUTCOME_TEMPFAIL,        /* `t` */
	OUTCOME_REPLY,           /* `y`: the filter's own words are in `reply` */
	OUTCOME_DISCARD,         /* `d`: say yes and throw it away */
	OUTCOME_SHUTDOWN,        /* a failure under F=4: close the session */
	OUTCOME_SPOILT,          /* `y`, but the reply was none */
	OUTCOME_DIE,             /* the session ends without a word */
	OUTCOME_FAILED_REJECT,   /* a failure under F=R */
	OUTCOME_FAILED_TEMPFAIL, /* a failure under F=T */
	OUTCOME_MISCONFIGURED,   /* it asked for what the MTA does not do */
	OUTCOME_HOLD,            /* go on; the message goes into quarantine */
};

struct outcome {
	enum outcome_kind kind;
	struct slice reply; /* lines as the filter sent them, %% undone, no NUL */
	bool in_header;     /* of MOMENT_MESSAGE: what MOMENT_HEADER says of it */
};

/* The SMTP commands that filters are asked about. */
enum moment {
	MOMENT_CONNECT,
	MOMENT_HELO,
	MOMENT_MAIL,
	MOMENT_RCPT,
	MOMENT_DATA,
	MOMENT_HEADER,  /* a field or the end of all; of refusals alone */
	MOMENT_MESSAGE, /* header to end of message, after the final dot */
	MOMENT_UNKNOWN,
	MOMENT_OTHER, /* one that only filters who object to everything speak to */
	N_MOMENTS
};

#endif
