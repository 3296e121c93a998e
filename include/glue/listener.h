/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GLUE_LISTENER_H
#define GLUE_LISTENER_H

/*
 * listener - the milter's own socket, made by us and handed to libmilter as fd:N.
 *
 * libmilter's own way has three faults that were measured: with "remove the
 * old socket" a second instance steals the first one's socket in silence, the
 * mode depends on the umask, and a wrong address is found out without a reason.
 * Here: a lock file beside a unix socket is taken first; a socket on which
 * somebody answers is left alone, a stale one is replaced; mode and group are
 * set before anybody can connect (the socket is bound, then opened up, then
 * listened on).
 *
 * Not thread-safe; use from one thread.
 */

#include <sys/socket.h>

#include "base/text.h"

struct listener {
	int fd;                          /* bound; listening after listener_open() */
	int lock_fd;                     /* -1: none */
	char *path;                      /* of a unix socket that we made; else NULL */
	bool ours;                       /* false for fd:N, which somebody else opened */
	struct sockaddr_storage address; /* known after listener_open() */
	socklen_t address_len;
};

#define LISTENER_NONE                                                                    \
	{                                                                                \
		.fd = -1, .lock_fd = -1                                                  \
	}

struct listener_wish {
	const char *spec;  /* unix:PATH local:PATH inet:PORT@HOST inet6:PORT@HOST fd:N */
	unsigned mode;     /* of a unix socket */
	const char *group; /* name; "" = leave */
	unsigned owner;    /* uid that the socket and lock shall belong to */
};

/* Takes the lock and binds.  False: *why says what and, where known, what to do. */
bool listener_bind(
    struct listener *l, const struct listener_wish *wish, struct text *why);

/* Lets clients connect. */
bool listener_open(struct listener *l, struct text *why);

/* Hands the descriptor over to somebody who will close it. */
int listener_give(struct listener *l);

/* Connects once and hangs up, so that a thread waiting in accept() wakes. */
void listener_poke(const struct listener *l);

/* Removes the socket file if it is still ours, and the lock; safe to call twice. */
void listener_close(struct listener *l);

#endif
