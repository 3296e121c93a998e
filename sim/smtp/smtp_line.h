/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_SMTP_LINE_H
#define SIM_SMTP_LINE_H

/* smtp_line - the client's command lines, one after the other.  Private to smtp.c. */

#include "sim/smtp/smtp.h"

/* Takes the next line off `in` if it is all there; a question that it opens. */
enum smtp_ask smtp_next_line(struct smtp *s);

/* n bytes of `in` have been looked at. */
void smtp_eat(struct smtp *s, size_t n);

#endif
