/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PLAY_MILTER_MESSAGE_H
#define SIM_PLAY_MILTER_MESSAGE_H

/*
 * milter_message - what a milter was shown of a message, and what it made of it.
 *
 * Filled from the packets as they were sent; at the end of the message the
 * milter's changes are applied in their order, as sendmail does (sim/filters/
 * message.h).  The result is text, one line a packet, in the notation:
 *
 *	MAIL <a@b>
 *	RCPT <c@d>
 *	HEADER Subject: test
 *	BODY one line\r\n
 *	QUARANTINE reason          last, if it asked for that
 *
 * A value's leading blank is not shown where HDR_LEADSPC was agreed, so that one
 * case is right for all milters.  A recipient that the milter refused is not in it.
 */

#include "sim/filters/message.h"
#include "wire/judge.h"

struct mta_message {
	struct message message;
	struct text body;
	struct text before;  /* as it was sent; filled at BODYEOB */
	struct text verdict; /* letter and payload: see R< in milter-transcript(5) */
	bool decided;        /* ... is not CONTINUE */
	bool full;           /* a limit was met: it cannot be compared */
};

/* `body_max`: bytes of a body that can be compared; a longer one is `full`. */
void mta_message_init(struct mta_message *m, size_t body_max);
void mta_message_clear(struct mta_message *m);

/* A packet that the milter was sent. */
void mta_message_sent(
    struct mta_message *m, const struct terms *terms, char letter, struct slice payload);

/* An answer of the milter to `command`. */
void mta_message_replied(struct mta_message *m, const struct terms *terms,
    enum packet_kind command, char letter, struct slice payload);

/* The lines above. */
void mta_message_describe(const struct mta_message *m, struct text *out);

#endif
