/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_SOCKET_H
#define SIM_SOCKET_H

/*
 * socket - sockets from the names that base/socket_name.h reads.
 *
 * All sockets made here are non-blocking and close-on-exec.  A host name is
 * looked up at once: only addresses cost no time.
 */

#include <sys/socket.h>
#include <sys/un.h>

#include "base/text.h"

struct socket_address {
	struct sockaddr_storage storage;
	socklen_t length;
};

/* False: *why says what is wrong with the name. */
bool socket_address_parse(
    struct slice spec, struct socket_address *ret, struct text *why);

/* "unix:/path", "inet:25@127.0.0.1", "inet6:25@::1", "local client". */
void socket_address_describe(const struct socket_address *a, struct text *out);

/*
 * Begins to connect; -1 and errno on failure.  Done when it becomes writable:
 * ask socket_error().
 */
int socket_connect(const struct socket_address *a);

/*
 * The same, and while the queue of a unix socket is full, which says EAGAIN at once
 * where TCP lets a client wait, tries again for so long.
 */
int socket_connect_within(const struct socket_address *a, unsigned ms);
int socket_error(int fd);

/*
 * Listens; -1 on failure, *why says it.  A stale unix socket (nobody accepts on
 * it) is replaced, a live one is not.  *ret_bound has the port chosen.
 */
int socket_listen(
    const struct socket_address *a, struct socket_address *ret_bound, struct text *why);

/* The next client, or -1 with errno. */
int socket_accept(int fd, struct socket_address *ret_peer);

/*
 * Sends as much of `t` as the other side takes now, and takes it off; *ret_sent has
 * how many bytes.  False: the other side is gone, errno says how.
 */
bool socket_send(int fd, struct text *t, size_t *ret_sent);

#endif
