/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_CHECK_HEALTHY_H
#define SIM_CHECK_HEALTHY_H

#include "sim/io/socket.h"
#include "sim/transcript/transcript.h"

/*
 * healthy - the ordinary session that must pass before and after a hostile case.
 *
 * Says nothing of what the milter has to think of the message: it has to answer.
 */

/* transcript_clear() in every case. */
bool healthy_read(struct transcript *ret, struct text *why);

/*
 * Does the milter answer QUIT, each time, where nothing else is to be said?  Asked
 * where an answer came behind QUIT: it may be one too many to the command before.
 */
bool healthy_answers_quit(const struct socket_address *milter);

#endif
