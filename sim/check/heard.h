/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_CHECK_HEARD_H
#define SIM_CHECK_HEARD_H

#include "base/text.h"
#include "wire/protocol.h"

/*
 * heard - what an SMTP client is told when a milter answers a command.
 *
 * As sendmail 8.17 and Postfix 3.7 say it, measured; `strict` speaks as Postfix.
 * The words of a REPLYCODE are the milter's own; CONTINUE, ACCEPT and DISCARD are
 * what it takes to be accepted: 250.
 */

/* Appends one line or several.  `reply` is the text of a REPLYCODE, without its NUL. */
void heard_append(struct text *out, const char *profile, enum packet_kind command,
    enum packet_kind answer, struct slice reply);

#endif
