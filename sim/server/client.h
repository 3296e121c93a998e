/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_CLIENT_H
#define SIM_CLIENT_H

/*
 * client - who is at the other end of a session, as filters are told.
 *
 * Names are not looked up: a resolver that hangs would stop every session.  A
 * loopback address is "localhost", any other has its address in brackets.
 */

#include "sim/io/socket.h"
#include "sim/profile/profile.h"

struct client {
	struct text name, address; /* "localhost", "127.0.0.1" */
	struct text shown;         /* both, as in macro _ and the Received field */
	struct text local;         /* the address that it came to */
	char family;               /* FAMILY_* */
	uint16_t port, local_port;
	bool named;
};

void client_init(struct client *c);
void client_clear(struct client *c);

/* `peer` NULL: somebody on this machine, without an address. */
void client_meet(struct client *c, const struct profile *p,
    const struct socket_address *peer, const struct socket_address *local);

/* What filters may be told of it; borrows from *c. */
void client_facts(const struct client *c, struct facts *f);

#endif
