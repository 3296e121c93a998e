/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GLUE_LISTEN_UNIX_H
#define GLUE_LISTEN_UNIX_H

/*
 * listen_unix - a unix socket, its lock and its folder: a part of listen.
 */

#include "glue/listen.h"

/* As listener_bind(), for a path. */
bool listen_unix(struct listener *l, const struct listener_wish *wish, struct slice path,
    struct text *why);

/* Removes the socket, unless another stands in its place by now. */
void listen_unix_remove(const struct listener *l);

#endif
