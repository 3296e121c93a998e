/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_COMMANDS_HEARD_H
#define SIM_COMMANDS_HEARD_H

/*
 * heard - what an SMTP client is told when a milter answers a command.
 *
 * As the profile's tables say it: what the answer is to that MTA, what that does at
 * this command, and in which words.  A refusal that is said later (of CONNECT by
 * sendmail, say) is shown where the milter gave it.  Pure but for memory.
 */

#include "sim/profile/profile.h"

struct heard {
	const struct profile *profile;
	uint32_t protocol;         /* what the milter answered to the offer */
	enum packet_kind command;  /* the last one that is answered */
	enum packet_kind answer;   /* a final answer */
	struct slice payload;      /* of the answer */
	struct slice path, sender; /* of RCPT or MAIL, and of MAIL, with <> */
};

/* Appends one line or several, without the last line's end; fit for a terminal. */
void heard_append(struct text *out, const struct heard *h);

#endif
