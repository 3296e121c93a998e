/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_SMTP_VERBS_H
#define SIM_SMTP_VERBS_H

/* smtp_verbs - what each SMTP command does.  Private to smtp.c. */

#include "sim/smtp/smtp.h"

/* What the command says in place of a filter's 4yz; NULL: that itself. */
const struct phrase *smtp_put_off(const struct smtp *s);

/*
 * Runs the command in smtp.line.  A question for the owner, or SMTP_INPUT when
 * the answer is in smtp.out already.
 */
enum smtp_ask smtp_run_line(struct smtp *s);

/* The transaction is over without a message; its reply has been said. */
enum smtp_ask smtp_forget_message(struct smtp *s);

/* All of the text is there. */
enum smtp_ask smtp_end_of_data(struct smtp *s);

/* Bytes of the text into the message. */
enum data_status smtp_feed_data(struct smtp *s, struct slice *bytes);

/* What parameters of MAIL said. */
void smtp_forget_mail(struct smtp *s);

/* Opens a question. */
enum smtp_ask smtp_ask_owner(struct smtp *s, enum smtp_ask question);

/* A word of the line in capitals, in the line itself: it is answered then. */
struct slice smtp_upper(struct smtp *s, struct slice word);

enum smtp_ask smtp_on_vrfy(struct smtp *s, const struct command *c);
enum smtp_ask smtp_on_expn(struct smtp *s, const struct command *c);
enum smtp_ask smtp_on_help(struct smtp *s, const struct command *c);

#endif
