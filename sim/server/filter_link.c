/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/server/filter_link.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/put.h"
#include "sim/io/socket.h"

enum {
	TURN_BYTES = 8192, /* read at a time; RPL_PROGRESS costs a filter five bytes */
	REDIAL_MS = 20,
};

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* --- connecting --- */

static void
ready(void *self, short revents)
{
	struct filter_link *k = self;

	if (k->connecting && (revents & (POLLOUT | POLLERR | POLLHUP)) != 0) {
		int error = socket_error(k->watch.fd);
		k->connecting = false;
		if (error != 0)
			loop_close(k->loop, &k->watch);
		k->owner->connected(k->self, k->index, error == 0, strerror(error));
	}
	k->owner->work(k->self);
}

static void
redial(void *self)
{
	struct filter_link *k = self;

	k->dialled = false;
	k->owner->work(k->self);
}

static void
dial(struct filter_link *k)
{
	struct text why = TEXT_INIT(300);

	k->dialled = k->connecting = true;
	errno = 0;
	k->watch.fd = k->owner->dial(k->self, k->index, &why);
	if (k->watch.fd == -1 && errno == EAGAIN &&
	    loop_set(k->loop, &k->retry, loop_now(k->loop) + REDIAL_MS)) {
		text_clear(&why);
		return; /* its queue is full: it lives, and C bounds our patience */
	}
	if (k->watch.fd != -1 && !loop_watch(k->loop, &k->watch)) {
		close(k->watch.fd);
		k->watch.fd = -1;
		errno = ENOMEM;
	}
	if (k->watch.fd == -1) {
		k->connecting = false;
		if (why.len == 0)
			text_printf(&why, "cannot connect to %s: %s",
			    k->filter->config->socket, strerror(errno));
		k->owner->connected(k->self, k->index, false, text_cstr(&why));
	}
	text_clear(&why);
}

/* --- bytes --- */

static void
hang_up(struct filter_link *k)
{
	k->filter->eof = true;
	loop_close(k->loop, &k->watch);
}

static void
read_most(struct filter_link *k, size_t most)
{
	struct text *in = &k->filter->in;
	char buffer[TURN_BYTES];

	while (k->watch.fd != -1 && !k->connecting && most > 0) {
		size_t room = least(in->limit - in->len, most);
		if (room == 0)
			return;
		ssize_t n = recv(k->watch.fd, buffer, least(room, sizeof buffer), 0);
		if (n == -1 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0) {
			hang_up(k);
			return;
		}
		put(in, (struct slice){ buffer, (size_t)n });
		most -= (size_t)n;
	}
}

void
filter_link_read(struct filter_link *k)
{
	read_most(k, TURN_BYTES);
}

enum moved
filter_link_move(struct filter_link *k)
{
	struct filter *f = k->filter;
	size_t sent = 0;

	if (f->state == FILTER_CONNECTING && !k->dialled) {
		dial(k);
		return f->state != FILTER_CONNECTING ? MOVED_STATE : MOVED_NOTHING;
	}
	if (k->watch.fd != -1 && !k->connecting && f->out.len != 0) {
		if (!socket_send(k->watch.fd, &f->out, &sent)) {
			read_most(k, SIZE_MAX); /* its last words */
			hang_up(k);
			return MOVED_STATE;
		}
		if (sent != 0)
			k->owner->sent(k->self, k->index);
	}
	if (f->close && (f->out.len == 0 || f->state == FILTER_FAILED))
		filter_link_close(k);
	return sent != 0 ? MOVED_BYTES : MOVED_NOTHING;
}

void
filter_link_watch(struct filter_link *k)
{
	const struct filter *f = k->filter;

	bool reads = f->in.len < f->in.limit, writes = k->connecting || f->out.len != 0;

	loop_want(
	    k->loop, &k->watch, (short)((reads ? POLLIN : 0) | (writes ? POLLOUT : 0)));
}

/* --- beginning and end --- */

void
filter_link_init(struct filter_link *k, struct loop *loop, struct filter *f, size_t index,
    const struct filter_link_owner *owner, void *self)
{
	*k = (struct filter_link){
		.loop = loop,
		.owner = owner,
		.self = self,
		.filter = f,
		.index = index,
		.watch = { .fd = -1, .ready = ready, .self = k },
		.retry = { .fire = redial, .self = k },
	};
}

void
filter_link_close(struct filter_link *k)
{
	loop_close(k->loop, &k->watch);
	(void)loop_set(k->loop, &k->retry, 0);
}
