/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MUTANTS_CROWD_H
#define MUTANTS_CROWD_H

/*
 * crowd - what the sessions of one process share: how many there are, and how
 * many of them are in the middle of a message.  Everything here may be called
 * from any thread.  Private to session.c, whose threads it starts.
 */

#include <stdbool.h>

/* A thread that serves the socket; false when there is none to be had. */
bool crowd_serve(int fd);

void crowd_message(bool begins);
bool crowd_busy(bool mine); /* is a message under way in a session other than mine? */

/* A session stands behind this letter and no longer behind that one; 0 is none. */
void crowd_stands(char now, char before);
unsigned crowd_standing(char letter);

/* Waits until no message is under way, but no longer than so many seconds. */
void crowd_wait(unsigned seconds);

unsigned crowd_number(void); /* of this session in the process: 1, 2, ... */

#endif
