/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/puppet/door.h"

#include <poll.h>
#include <unistd.h>

static void
mta_waits(void *self, short revents)
{
	struct door *d = self;
	struct socket_address peer;

	(void)revents;
	int fd = socket_accept(d->watch.fd, &peer);
	if (fd != -1)
		d->came(d->self, d, fd);
}

static void
keep_path(struct door *d, const struct socket_address *a)
{
	const struct sockaddr_un *un = (const struct sockaddr_un *)&a->storage;

	d->path = (struct text)TEXT_INIT(sizeof un->sun_path);
	if (a->storage.ss_family == AF_UNIX)
		text_printf(&d->path, "%s", un->sun_path);
}

bool
door_open(struct door *d, struct loop *l, const char *name,
    struct socket_address *ret_bound, struct text *why)
{
	struct socket_address a;

	if (!socket_address_parse(slice_of(name), &a, why))
		return false;
	int fd = socket_listen(&a, ret_bound, why);
	if (fd == -1)
		return false;
	d->loop = l;
	d->watch =
	    (struct watch){ .fd = fd, .events = POLLIN, .ready = mta_waits, .self = d };
	keep_path(d, &a);
	if (loop_watch(l, &d->watch))
		return true;
	text_printf(why, "out of memory");
	d->watch.fd = -1;
	(void)close(fd);
	door_close(d);
	return false;
}

void
door_close(struct door *d)
{
	if (d->loop == NULL)
		return;
	if (d->path.len > 0)
		(void)unlink(text_cstr(&d->path));
	loop_close(d->loop, &d->watch);
	text_clear(&d->path);
	d->loop = NULL;
}
