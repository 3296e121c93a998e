/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/server/client_link.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "sim/io/socket.h"

enum { READ_MAX = 65536 };

static void
hear(struct client_link *k)
{
	char buffer[READ_MAX];
	size_t room = k->owner->room(k->self);
	ssize_t n = recv(k->watch.fd, buffer, room < READ_MAX ? room : READ_MAX, 0);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0 || !k->owner->heard(k->self, (struct slice){ buffer, (size_t)n }))
		k->gone = true;
}

static void
ready(void *self, short revents)
{
	struct client_link *k = self;
	bool broken = (revents & (POLLHUP | POLLERR)) != 0;

	if (!k->gone && (broken || (revents & POLLIN) != 0))
		hear(k);
	if (k->gone && (k->finishing || broken))
		loop_close(k->loop, &k->watch);
	k->owner->work(k->self);
}

bool
client_link_open(struct client_link *k, struct loop *loop, int fd,
    const struct client_link_owner *owner, void *self)
{
	*k = (struct client_link){ .loop = loop, .owner = owner, .self = self };
	k->watch =
	    (struct watch){ .fd = fd, .events = POLLIN, .ready = ready, .self = k };
	if (loop_watch(loop, &k->watch))
		return true;
	close(fd);
	k->watch.fd = -1;
	return false;
}

void
client_link_close(struct client_link *k)
{
	loop_close(k->loop, &k->watch);
}

bool
client_link_send(struct client_link *k, struct text *out)
{
	size_t sent = 0;

	if (k->watch.fd != -1 && socket_send(k->watch.fd, out, &sent))
		return sent != 0;
	/* No room for it in the kernel tells nobody by poll(): hang up at once. */
	loop_close(k->loop, &k->watch);
	text_clear(out);
	k->gone = true;
	return true;
}

void
client_link_finish(struct client_link *k)
{
	k->finishing = true;
}

void
client_link_shut(struct client_link *k)
{
	if (k->watch.fd == -1)
		return;
	(void)shutdown(k->watch.fd, SHUT_WR);
	if (k->gone)
		loop_close(k->loop, &k->watch);
}

void
client_link_watch(struct client_link *k, bool reads, bool writes)
{
	loop_want(k->loop, &k->watch,
	    (short)((reads && !k->gone ? POLLIN : 0) | (writes ? POLLOUT : 0)));
}
