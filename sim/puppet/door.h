/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_DOOR_H
#define SIM_DOOR_H

/*
 * door - where an MTA finds a played milter: a socket that listens.
 *
 * One thread: that of the loop.
 */

#include "sim/io/loop.h"
#include "sim/io/socket.h"

struct door {
	int milter; /* which of the script's, from 1; the first three are the caller's */
	/* An MTA has come; the socket is the owner's.  May close the door. */
	void (*came)(void *self, struct door *d, int fd);
	void *self;

	struct loop *loop; /* NULL: not open */
	struct watch watch;
	struct text path; /* of a unix socket, to take away at the end */
};

/*
 * Listens at a name of base/socket_name.h.  *ret_bound has the port chosen.  False:
 * *why.
 */
bool door_open(struct door *d, struct loop *l, const char *name,
    struct socket_address *ret_bound, struct text *why);

/* Takes the file of a unix socket away; of a door that is not open, nothing. */
void door_close(struct door *d);

#endif
