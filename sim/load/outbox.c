/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/load/outbox.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

bool
outbox_has_room(const struct outbox *o)
{
	return o->parts + 2 <= OUTBOX_PARTS;
}

void
outbox_put(struct outbox *o, struct slice bytes)
{
	struct iovec *last = o->parts > 0 ? &o->part[o->parts - 1] : NULL;

	o->bytes += bytes.len;
	if (last != NULL && (const char *)last->iov_base + last->iov_len == bytes.ptr)
		last->iov_len += bytes.len;
	else if (bytes.len > 0) /* sendmsg() only reads what it is pointed at */
		o->part[o->parts++] = (struct iovec){ (void *)bytes.ptr, bytes.len };
}

static void
forget(struct outbox *o, size_t sent)
{
	size_t whole = 0;

	o->bytes -= sent;
	while (whole < o->parts && sent >= o->part[whole].iov_len)
		sent -= o->part[whole++].iov_len;
	o->parts -= whole;
	memmove(o->part, o->part + whole, o->parts * sizeof *o->part);
	if (sent > 0) {
		o->part[0].iov_base = (char *)o->part[0].iov_base + sent;
		o->part[0].iov_len -= sent;
	}
}

bool
outbox_send(struct outbox *o, int fd)
{
	while (o->parts > 0) {
		const struct msghdr m = { .msg_iov = o->part, .msg_iovlen = o->parts };
		ssize_t n = sendmsg(fd, &m, MSG_NOSIGNAL);
		if (n >= 0)
			forget(o, (size_t)n);
		else if (errno == EAGAIN)
			return true;
		else if (errno != EINTR)
			return false;
	}
	return true;
}
