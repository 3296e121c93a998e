/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_SOCKET_NAME_H
#define BASE_SOCKET_NAME_H

/*
 * socket_name - where a socket is, as sendmail, Postfix and libmilter write it.
 *
 *	unix:/path  local:/path  /path   a unix socket
 *	inet:port@host  inet:port        IPv4
 *	inet6:port@host inet6:port       IPv6; the host may stand in [brackets]
 *	host:port  [host]:port           either; the latter IPv6
 *
 * Words in any case; ports are numbers, 0 to 65535.  What a missing host means
 * is the caller's: for one who connects, this machine; for one who listens,
 * see socket_name_address().  Thread-safe.
 */

#include <sys/socket.h>

#include "base/text.h"

struct socket_name {
	int family;        /* AF_UNIX, AF_INET, AF_INET6; AF_UNSPEC for host:port */
	struct slice path; /* AF_UNIX: 1 byte to what sun_path holds, no NUL */
	struct slice host; /* else: without brackets, or empty */
	unsigned port;
};

/* The slices borrow from `spec`.  False: *why says what is wrong with it. */
bool socket_name_parse(struct slice spec, struct socket_name *ret, struct text *why);

/*
 * The first address of that name.  May ask the DNS, and then takes its time.
 * An empty host is the loopback address, never every interface.
 * False: *why says what is wrong with it.
 */
bool socket_name_address(const struct socket_name *name, struct sockaddr_storage *ret,
    socklen_t *ret_len, struct text *why);

#endif
