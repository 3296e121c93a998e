/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_SMTP_ENVELOPE_H
#define SIM_SMTP_ENVELOPE_H

/* smtp_envelope - what MAIL and RCPT say, read and judged.  Private to smtp/. */

#include "sim/smtp/smtp.h"

/* Into smtp.envelope and smtp.size.  False: the client has been told what is wrong. */
bool smtp_envelope_fine(struct smtp *s, const struct command *c);

/* Only whether FROM: or TO: and something behind it is there. */
bool smtp_keyword_fine(struct smtp *s, const struct command *c);

/* Of smtp.envelope.path.  False: the client has been told what is wrong. */
bool smtp_path_fine(struct smtp *s, bool mail);

/* What an MTA that reads whatever it is given says of a path, and *word of it; N_SAY:
 * nothing. */
enum say smtp_loose_fault(
    struct smtp *s, bool mail, struct slice path, struct slice *word);

/* Of a path that is not taken: it is a program, a file, or nobody's. */
enum say smtp_no_such(const struct smtp *s, struct slice path);

#endif
