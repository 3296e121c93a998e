/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_CLAMD_SERVER_H
#define STORE_CLAMD_SERVER_H

/*
 * clamd_server - one of the clamds of a list: where it is, whether it answers.
 *
 * What is known of it is written by one thread, the watch, which asks it every
 * minute and whenever a message had trouble with it; all others read.
 */

#include <pthread.h>
#include <stdatomic.h>

#include "store/clamd_link.h"

enum clamd_state { CLAMD_UNKNOWN, CLAMD_UP, CLAMD_AWAY };

struct clamd_server {
	char *name; /* as configured */
	atomic_int state;
	pthread_mutex_t lock; /* of the address, which a name may change */
	struct clamd_address address;
	char version[CLAMD_ANSWER_MAX]; /* of the watch alone */
};

/*
 * `name` is unix:/path, inet:port@host or another form of base/socket_name.h.
 * Asks the DNS for a host's name; that it has no address now is no error but
 * ends in *ret_warning.  False: *why says what is wrong with the name.
 */
bool clamd_server_init(
    struct clamd_server *s, const char *name, struct text *ret_warning, struct text *why);
void clamd_server_clear(struct clamd_server *s); /* a zeroed one, too */

struct clamd_address clamd_server_address(struct clamd_server *s);

/* Whether a descriptor can be passed to it. */
bool clamd_server_is_local(struct clamd_server *s);

/*
 * Asks for PING and VERSION.  True when something has changed that a person
 * wants to know; *line says it.
 */
bool clamd_server_look(
    struct clamd_server *s, const struct clamd_limits *limits, struct text *line);

#endif
