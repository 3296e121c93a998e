/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_EXPORT_H
#define STORE_EXPORT_H

/*
 * export - stored messages in forms that other programs take.
 *
 * bsmtp is the SMTP dialogue as the client would speak it, CRLF at line ends:
 * EHLO, and for each message MAIL, RCPT for every recipient that the MTA had
 * not refused, DATA, the message with dots doubled, a lone dot.  `exim -bS`
 * and Postfix's `sendmail -bs` read it.  SIZE= and AUTH= are left out of MAIL:
 * they were true of another session.  A path or parameter with a control
 * character in it would be a command of its own: such a message is refused.
 *
 * mbox is the mboxrd form: From line, LF, ">From " quoting that can be undone.
 *
 * A message that was cut or aborted is exported only with `also_cut`.
 */

#include <stdio.h>

#include "base/text.h"

enum export_format { EXPORT_BSMTP, EXPORT_MBOX };

/* What stands before the first and after the last message. */
bool export_begin(enum export_format format, FILE *to);
bool export_end(enum export_format format, FILE *to);

/*
 * `path` names a message in new/ or cur/; its sidecar is found from it.
 * False: *why says what is wrong with it, nothing of it has been written,
 * or, for a fault while writing, `to` has its error set.
 */
bool export_message(enum export_format format, const char *path, bool also_cut, FILE *to,
    struct text *why);

#endif
