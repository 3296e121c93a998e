/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_CLIENT_TARPIT_H
#define STORE_CLIENT_TARPIT_H

/*
 * client_tarpit - policy/spam/tarpit.h with a clock, a lock, and clients known by
 * their address: an IPv4 address, or the /64 network of an IPv6 address, which
 * is what one customer has.  A local client, without address, never waits.
 *
 * One table serves all threads and outlives the rules: a reload forgets no
 * client.  The lock is held for the count alone, never for a delay.
 */

#include "policy/spam/spam.h"

struct client_tarpit;

struct client_tarpit *client_tarpit_new(void); /* NULL: no memory */
/* For tests, which look for leaks: a daemon ends with its table. */
void client_tarpit_free(struct client_tarpit *t);

struct spam_tarpit client_tarpit_port(struct client_tarpit *t);

#endif
