/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/play/talk.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sim/io/socket.h"

enum {
	IN_MAX = 4 * 1024 * 1024,
	OUT_MAX = 64 * 1024 * 1024,
	READ_MAX = 64 * 1024,
};

static void
write_out(struct talk *k)
{
	size_t sent;

	if (k->out.len > 0 && !k->connecting && k->watch.fd != -1 &&
	    !socket_send(k->watch.fd, &k->out, &sent))
		k->out.len = 0; /* the server has gone: reading tells */
	loop_want(k->loop, &k->watch, (short)(POLLIN | (k->out.len > 0 ? POLLOUT : 0)));
}

void
talk_flush(struct talk *k)
{
	if (k->out.len > 0)
		write_out(k);
}

static void
tell_new_lines(struct talk *k)
{
	struct slice fresh = slice_from(text_slice(&k->in), k->told);
	size_t end = slice_find_last(fresh, '\n');

	if (k->ended)
		end = fresh.len;
	else if (end == fresh.len)
		return;
	else
		end++;
	if (end > 0)
		k->owner->said(k->self, k->n, slice_first(fresh, end));
	k->told += end;
}

static void
receive(struct talk *k)
{
	char chunk[READ_MAX];
	ssize_t n = recv(k->watch.fd, chunk, sizeof chunk, 0);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0 && text_append(&k->in, (struct slice){ chunk, (size_t)n }) != TEXT_OK) {
		k->owner->too_much(k->self);
		return;
	}
	k->ended = n <= 0;
	tell_new_lines(k);
	if (!k->ended)
		return;
	k->owner->note(k->self, k->n, n == 0 ? "server closes" : "server resets");
	loop_close(k->loop, &k->watch);
}

static void
ready(void *self, short revents)
{
	struct talk *k = self;

	if (k->connecting) {
		int why = socket_error(k->watch.fd);
		if (why != 0) {
			k->owner->unreachable(k->self, strerror(why));
			return;
		}
		k->connecting = false;
	}
	write_out(k);
	if ((revents & (POLLIN | POLLHUP | POLLERR)) != 0)
		receive(k);
	k->owner->changed(k->self);
}

void
talk_init(struct talk *k, unsigned n, struct loop *loop, const struct talk_owner *owner,
    void *self)
{
	*k = (struct talk){
		.loop = loop,
		.owner = owner,
		.self = self,
		.n = n,
		.watch = { .fd = -1, .ready = ready, .self = k },
		.in = TEXT_INIT(IN_MAX),
		.out = TEXT_INIT(OUT_MAX),
	};
}

void
talk_clear(struct talk *k)
{
	if (k->loop != NULL)
		loop_close(k->loop, &k->watch);
	text_clear(&k->in);
	text_clear(&k->out);
}

bool
talk_open(struct talk *k, int fd, bool connecting)
{
	k->connecting = connecting;
	k->watch.fd = fd;
	k->watch.events = (short)(POLLIN | (connecting ? POLLOUT : 0));
	if (loop_watch(k->loop, &k->watch))
		return true;
	(void)close(fd);
	k->watch.fd = -1;
	return false;
}

bool
talk_line(const struct talk *k, struct slice *ret)
{
	size_t lf = slice_find(text_slice(&k->in), '\n');

	if (lf == k->in.len)
		return false;
	*ret = slice_first(text_slice(&k->in), lf + 1);
	return true;
}

void
talk_take(struct talk *k, size_t n)
{
	text_drop(&k->in, n);
	k->told -= k->told < n ? k->told : n;
}

bool
talk_over(const struct talk *k)
{
	return k->ended || k->watch.fd == -1;
}

void
talk_hang_up(struct talk *k, enum talk_end how)
{
	struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
	int fd = k->watch.fd;

	talk_flush(k);
	if (fd == -1)
		return;
	if (how == TALK_SHUTDOWN) {
		k->owner->note(k->self, k->n, "client shuts its side down");
		(void)shutdown(fd, SHUT_WR);
		return;
	}
	if (how == TALK_RESET)
		(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	k->owner->note(k->self, k->n, "client closes");
	loop_close(k->loop, &k->watch);
}
