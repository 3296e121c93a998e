/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_SMTP_XCLIENT_H
#define SIM_SMTP_XCLIENT_H

/* smtp_xclient - XCLIENT, from those who may.  Private to smtp.c. */

#include "sim/smtp/smtp.h"

/* SMTP_XCLIENT, or SMTP_INPUT when the answer is in smtp.out already. */
enum smtp_ask smtp_xclient(struct smtp *s, struct slice argument);

#endif
