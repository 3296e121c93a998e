/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GLUE_ANSWER_H
#define GLUE_ANSWER_H

/*
 * answer - what a verdict means to libmilter, in the one place that knows.
 * Private to milter.c.
 */

#include "glue/session.h"

/*
 * Turns the verdict on event `on` (an ON_ bit; 0 = end of message) into a
 * return value: sets the reply, logs, counts, waits.  Any verdict that ends
 * the message ends it in the session too.
 */
sfsistat answer_event(SMFICTX *ctx, struct session *s, unsigned on, struct verdict v);

/*
 * The policy's answer for "cannot judge", to an event that has no message: with
 * a line a minute about the cause that the session knows.
 */
sfsistat answer_failure(SMFICTX *ctx, const struct session *s, unsigned on);

#endif
