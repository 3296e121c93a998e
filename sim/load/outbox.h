/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_LOAD_OUTBOX_H
#define SIM_LOAD_OUTBOX_H

/*
 * outbox - what a connection is about to send, as pointers into bytes made before.
 *
 * The bytes are borrowed until they are sent; neighbours in memory become one
 * part.  Nothing is copied and nothing is allocated.  All zero: empty.
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>

#include "base/slice.h"

enum { OUTBOX_PARTS = 32 };

struct outbox {
	struct iovec part[OUTBOX_PARTS];
	size_t parts, bytes;
};

/* Room for one more, whatever it is, and one behind that for what must be said. */
bool outbox_has_room(const struct outbox *o);

/* Behind the rest.  Twice at most before the next outbox_has_room(). */
void outbox_put(struct outbox *o, struct slice bytes);

/*
 * Sends as much as the other side takes now, and forgets that.  False: the other
 * side is gone, errno says how.
 */
bool outbox_send(struct outbox *o, int fd);

#endif
