/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GLUE_LISTENER_UNIX_H
#define GLUE_LISTENER_UNIX_H

/*
 * listener_unix - a unix socket, its lock and its folder: a part of listener.
 * Private to listener.c.
 */

#include "glue/listener.h"

/* As listener_bind(), for a path. */
bool listener_unix(struct listener *l, const struct listener_wish *wish,
    struct slice path, struct text *why);

/* Removes the socket, unless another stands in its place by now. */
void listener_unix_remove(const struct listener *l);

#endif
