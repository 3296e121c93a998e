/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_CLIENT_LINK_H
#define SIM_CLIENT_LINK_H

/*
 * client_link - the socket of a session's client: bytes in and out, and the end.
 *
 * Reads when its owner has room, writes what its owner has queued as far as the
 * client takes it.  Knows no SMTP and no clock.
 *
 *	open      the client may speak; it is `gone` when it closed, reset, or
 *	          cannot be written to any more
 *	finishing all is said, client_link_finish(): what still comes is for the
 *	          owner to forget, until the client closes
 *	closed    watch.fd is -1
 *
 * One thread.  Nothing is called after client_link_close().
 */

#include "base/text.h"
#include "sim/io/loop.h"

struct client_link_owner {
	/* How many bytes may be taken now. */
	size_t (*room)(void *self);
	/* They came.  False: they cannot be kept, and the client is given up. */
	bool (*heard)(void *self, struct slice bytes);
	/* Something came, ended, or can be written.  May close the link. */
	void (*work)(void *self);
};

struct client_link {
	struct loop *loop;
	const struct client_link_owner *owner;
	void *self; /* the owner's */
	struct watch watch;
	bool gone, finishing;
};

/* Takes a connected socket.  False: memory is out, and fd is closed. */
bool client_link_open(struct client_link *k, struct loop *loop, int fd,
    const struct client_link_owner *owner, void *self);
void client_link_close(struct client_link *k); /* safe to call twice */

/* Sends what the client takes of `out`; true when some went, or nobody is there. */
bool client_link_send(struct client_link *k, struct text *out);

/* Nothing more will be queued. */
void client_link_finish(struct client_link *k);

/* Finishing, and all is sent: shuts our side; closes when the client has gone. */
void client_link_shut(struct client_link *k);

/* What to wait for: bytes of the client, and room to write. */
void client_link_watch(struct client_link *k, bool reads, bool writes);

#endif
