/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GLUE_LISTENER_H
#define GLUE_LISTENER_H

/*
 * listener - the milter's own socket, made by us and handed to libmilter as fd:N.
 *
 * libmilter's own way has three faults that were measured: with "remove the
 * old socket" a second instance steals the first one's socket in silence, the
 * mode depends on the umask, and a wrong address is found out without a reason.
 * Here: a lock file beside a unix socket is taken first; a socket that anything
 * alive holds is left alone, only one that refuses connections is replaced.
 *
 * Nothing here changes a file by its path: the socket has its mode from the
 * moment it is bound, and its owner and group are the effective ones of the
 * caller, who lowers those first (process_act_as()).  Only in a folder that is
 * root's alone is it given away, by its name in the folder that is held open.
 * So whoever may write to the folder gains nothing by putting a link in the way.
 *
 * Not thread-safe; use from one thread.
 */

#include <sys/socket.h>
#include <sys/stat.h>

#include "base/text.h"

struct listener {
	int fd;                          /* bound; listening after listener_open() */
	int given;                       /* the same, once somebody else will close it */
	bool kept;                       /* systemd holds it too, and keeps it open */
	int folder_fd;                   /* of a unix socket that we made; else -1 */
	int lock_fd;                     /* -1: none */
	char *name;                      /* of that socket in its folder; else NULL */
	struct stat made;                /* that socket, to know it again */
	struct sockaddr_storage address; /* known after listener_open() */
	socklen_t address_len;
};

#define LISTENER_NONE                                                                    \
	{                                                                                \
		.fd = -1, .given = -1, .folder_fd = -1, .lock_fd = -1                    \
	}

struct listener_wish {
	/*
	 * unix:PATH local:PATH PATH inet:PORT@HOST inet6:PORT@HOST fd:N.
	 * Without a HOST it is the loopback address: sendmail and libmilter mean
	 * every address of the machine, but the protocol asks for no password.
	 */
	const char *spec;
	unsigned mode; /* of a unix socket; 0..0777 */
	uid_t owner;   /* of a unix socket; (uid_t)-1: as it comes */
	gid_t group;   /* likewise */
};

/* Takes the lock and binds.  False: *why says what and, where known, what to do. */
bool listener_bind(
    struct listener *l, const struct listener_wish *wish, struct text *why);

/* Lets clients connect. */
bool listener_open(struct listener *l, struct text *why);

/* Appends where it listens, as the system tells: "inet:8891@127.0.0.1". */
void listener_describe(const struct listener *l, struct text *line);

/* Hands the descriptor over to somebody who will close it. */
int listener_give(struct listener *l);

/*
 * Of a socket that systemd keeps open: whoever has it from listener_give() gets no
 * more clients out of it, those who come wait there for the next start, F= or not.
 * Its descriptor then listens where nobody connects; wake the thread that polls it.
 * False: not such a socket, or no descriptor is left; then all is as it was.
 */
bool listener_leave(const struct listener *l);

/* Removes the socket file if it is still ours, and the lock; safe to call twice. */
void listener_close(struct listener *l);

#endif
