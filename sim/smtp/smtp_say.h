/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_SMTP_SAY_H
#define SIM_SMTP_SAY_H

/* smtp_say - how a session puts its answers into words.  Private to smtp.c. */

#include "sim/smtp/smtp.h"

/* One line; `word` is the profile's %x. */
void smtp_say(struct smtp *s, enum say what, struct slice word);

/* One more of the commands in vain; the last one ends the session. */
void smtp_count_fault(struct smtp *s);

/* The same, and it counts as an error; too many end the session. */
void smtp_fault(struct smtp *s, enum say what, struct slice word);

/* A phrase that is not in the list, and counts as no error. */
void smtp_say_phrase(struct smtp *s, const struct phrase *ph, struct slice word);

/* ... and there are more lines to come. */
void smtp_say_more(struct smtp *s, const struct phrase *ph, struct slice word);

/* The command is unknown; too many of those end the session. */
void smtp_say_unknown(struct smtp *s);

/* As if a filter had refused HELO. */
void smtp_refuse_session(struct smtp *s);

/* The answer to HELO or EHLO. */
void smtp_say_hello(struct smtp *s);

/*
 * What an outcome makes of this answer, and of later ones: the profile's table
 * of refusals.  False: nothing is said, the usual answer stands.
 */
bool smtp_refuse(struct smtp *s, enum moment when, const struct outcome *o);

#endif
