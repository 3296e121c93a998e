/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_SMTP_FIXED_H
#define SIM_SMTP_FIXED_H

/* smtp_fixed - commands that have one answer whatever they say: profile.fixed. */

#include "sim/smtp/command.h"
#include "sim/smtp/smtp.h"

/* The row of that word, or NULL. */
const struct fixed_answer *smtp_fixed_for(const struct smtp *s, struct slice word);

/* Says it.  False: f is NULL, or has no words for this form of the command. */
bool smtp_answer_fixed(
    struct smtp *s, const struct fixed_answer *f, const struct command *c);

#endif
