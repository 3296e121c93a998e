/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_CLIENT_H
#define SIM_CLIENT_H

/*
 * client - who is at the other end of a session, as filters are told.
 *
 * Names are not looked up: a resolver that hangs would stop every session.  A
 * loopback address is "localhost", any other has its address in brackets.  XCLIENT
 * may say otherwise.
 */

#include "sim/io/socket.h"
#include "sim/profile/profile.h"
#include "sim/smtp/xclient.h"

struct client {
	struct text name, address; /* "localhost", "127.0.0.1" */
	struct text reverse;       /* the name of the address, "unknown" */
	struct text shown;         /* as in macro _ */
	struct text local;         /* the address that it came to */
	struct text login;         /* empty: nobody */
	char family;               /* FAMILY_* */
	uint16_t port;
	char port_shown[12], local_port[12];
	enum resolve resolve;
	bool trusted; /* may say XCLIENT, where that is taken: it is on this machine */
};

void client_init(struct client *c);
void client_clear(struct client *c);

/* `peer` NULL: somebody on this machine, without an address. */
void client_meet(struct client *c, const struct profile *p,
    const struct socket_address *peer, const struct socket_address *local);

/*
 * Takes over one attribute; HELO and PROTO are not the client's.  Behind the last
 * one client_introduce() settles what follows from them.
 */
void client_told(
    struct client *c, const struct profile *p, const struct xclient_attribute *a);
void client_introduce(struct client *c, const struct profile *p);

/* What filters may be told of it; borrows from *c. */
void client_facts(const struct client *c, struct facts *f);

#endif
