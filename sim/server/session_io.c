/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/put.h"
#include "sim/server/session.h"

enum {
	LINGER_MS = 2000, /* how long a client may take to close after the last word */
	LINGER_STOPPING_MS = 200, /* ... when the whole server ends */
	TURN_BYTES = 8192, /* of a filter's answers at a time; then others have a turn */
	REDIAL_MS = 20,
};

static struct loop *
loop_of(const struct session *s)
{
	return s->server->loop;
}

static void
drop(struct loop *l, struct watch *w)
{
	int fd = w->fd;

	if (fd == -1)
		return;
	loop_unwatch(l, w);
	close(fd);
}

/* --- filters --- */

static void
filter_ready(void *self, short revents)
{
	struct link *k = self;
	struct session *s = k->session;
	int error;

	if (k->connecting && (revents & (POLLOUT | POLLERR | POLLHUP)) != 0) {
		k->connecting = false;
		error = socket_error(k->watch.fd);
		if (error != 0)
			drop(loop_of(s), &k->watch);
		chain_connected(&s->chain, k->index, error == 0, strerror(error),
		    loop_now(loop_of(s)));
	}
	session_read_filters(s);
	session_work(s);
}

static void
redial(void *self)
{
	struct link *k = self;

	k->dialled = false;
	session_work(k->session);
}

static int
dial_by_name(const struct session *s, size_t i, struct text *why)
{
	struct socket_address a;
	struct slice name = slice_of(s->server->config->filter[i].socket);

	errno = 0;
	return socket_address_parse(name, &a, why) ? socket_connect(&a) : -1;
}

static void
dial(struct session *s, size_t i)
{
	const struct server_config *config = s->server->config;
	struct link *k = &s->link[i];
	struct text why = TEXT_INIT(300);

	k->dialled = k->connecting = true;
	k->watch.fd = config->dial != NULL ? config->dial(config->self, i)
					   : dial_by_name(s, i, &why);
	if (k->watch.fd == -1 && errno == EAGAIN &&
	    loop_set(loop_of(s), &k->retry, loop_now(loop_of(s)) + REDIAL_MS)) {
		text_clear(&why);
		return; /* its queue is full: it lives, and C bounds our patience */
	}
	if (k->watch.fd != -1 && !loop_watch(loop_of(s), &k->watch)) {
		close(k->watch.fd);
		k->watch.fd = -1;
		errno = ENOMEM;
	}
	if (k->watch.fd == -1) {
		k->connecting = false;
		if (why.len == 0)
			text_printf(&why, "cannot connect to %s: %s",
			    config->filter[i].socket, strerror(errno));
		chain_connected(
		    &s->chain, i, false, text_cstr(&why), loop_now(loop_of(s)));
	}
	text_clear(&why);
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * What has come of a filter's answers, at most that many bytes; what is left
 * wakes the loop again.  A filter that never stops talking (RPL_PROGRESS costs
 * it five bytes) would else keep all others waiting.
 */
static void
read_filter(struct session *s, size_t i, size_t most)
{
	struct filter *f = &s->chain.filter[i];
	struct link *k = &s->link[i];
	char buffer[TURN_BYTES];

	while (k->watch.fd != -1 && !k->connecting && most > 0) {
		size_t room = least(f->in.limit - f->in.len, most);
		if (room == 0)
			return;
		ssize_t n = recv(k->watch.fd, buffer, least(room, sizeof buffer), 0);
		if (n == -1 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0) {
			f->eof = true;
			drop(loop_of(s), &k->watch);
			return;
		}
		put(&f->in, (struct slice){ buffer, (size_t)n });
		most -= (size_t)n;
	}
}

void
session_read_filters(struct session *s)
{
	for (size_t i = 0; i < s->chain.count; i++)
		read_filter(s, i, TURN_BYTES);
}

/* Sends what it takes of `t`; false when the other side is gone. */
static bool
send_some(int fd, struct text *t, bool *ret_moved)
{
	size_t sent = 0;

	while (sent < t->len) {
		ssize_t n = send(fd, t->ptr + sent, t->len - sent, MSG_NOSIGNAL);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && errno != EAGAIN)
			return false;
		if (n == -1)
			break;
		sent += (size_t)n;
	}
	if (sent == 0)
		return true;
	*ret_moved = true;
	text_drop(t, sent);
	return true;
}

static bool
move_filter(struct session *s, size_t i)
{
	struct filter *f = &s->chain.filter[i];
	struct link *k = &s->link[i];
	bool moved = false;

	if (f->state == FILTER_CONNECTING && !k->dialled) {
		dial(s, i);
		return f->state != FILTER_CONNECTING;
	}
	if (k->watch.fd != -1 && !k->connecting && f->out.len != 0) {
		if (!send_some(k->watch.fd, &f->out, &moved)) {
			/* Its last words, and its end. */
			read_filter(s, i, SIZE_MAX);
			f->eof = true;
			drop(loop_of(s), &k->watch);
			return true;
		}
		if (moved)
			chain_sent(&s->chain, i, loop_now(loop_of(s)));
	}
	if (f->close && (f->out.len == 0 || f->state == FILTER_FAILED)) {
		drop(loop_of(s), &k->watch);
		(void)loop_set(loop_of(s), &k->retry, 0);
	}
	return moved && !s->chain.waiting;
}

/* --- client --- */

/* Lines are told with their ends, so that what is shown can be sent again. */
static void
trace_replies(struct session *s)
{
	struct slice fresh = slice_from(text_slice(&s->smtp.out), s->traced);

	while (fresh.len != 0) {
		size_t lf = slice_find(fresh, '\n');
		size_t n = lf < fresh.len ? lf + 1 : lf;
		session_tell(s, EVENT_SERVER, EVENT_NO_FILTER, slice_first(fresh, n));
		fresh = slice_from(fresh, n);
	}
	s->traced = s->smtp.out.len;
}

static void
trace_heard(struct session *s, struct slice bytes)
{
	while (bytes.len != 0) {
		size_t lf = slice_find(bytes, '\n');
		size_t n = lf < bytes.len ? lf + 1 : lf;
		size_t room = s->heard.limit - s->heard.len;
		put(&s->heard, slice_first(bytes, n < room ? n : room));
		if (lf == bytes.len && s->heard.len < s->heard.limit)
			return;
		session_tell(s, EVENT_CLIENT, EVENT_NO_FILTER, text_slice(&s->heard));
		text_clear(&s->heard);
		bytes = slice_from(bytes, n < room ? n : room);
	}
}

/* True when there is room again for answers to commands that wait. */
static bool
reply_to_client(struct session *s)
{
	bool moved = false;

	trace_replies(s);
	if (s->client.fd == -1 || !send_some(s->client.fd, &s->smtp.out, &moved)) {
		text_clear(&s->smtp.out);
		s->gone = moved = true;
	}
	s->traced = s->smtp.out.len;
	return moved && s->smtp.in.len != 0 && !s->chain.busy && !s->lingering;
}

bool
session_move(struct session *s)
{
	bool moved = reply_to_client(s);

	for (size_t i = 0; i < s->chain.count; i++)
		moved = move_filter(s, i) || moved;
	return moved;
}

static void
hear(struct session *s)
{
	char buffer[65536];
	size_t room = smtp_room(&s->smtp);

	if (s->lingering || s->smtp.closing)
		room = sizeof buffer; /* read and forgotten */
	ssize_t n =
	    recv(s->client.fd, buffer, room < sizeof buffer ? room : sizeof buffer, 0);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		s->gone = true;
		return;
	}
	(void)loop_set(loop_of(s), &s->idle, 0); /* session_watch() sets it anew */
	if (s->lingering || s->smtp.closing)
		return;
	struct slice bytes = { buffer, (size_t)n };
	trace_heard(s, bytes);
	if (!smtp_feed(&s->smtp, bytes))
		s->gone = true;
}

static void
client_ready(void *self, short revents)
{
	struct session *s = self;

	if (!s->gone && (revents & (POLLIN | POLLHUP | POLLERR)) != 0)
		hear(s);
	if (s->gone && (s->lingering || (revents & (POLLHUP | POLLERR)) != 0))
		drop(loop_of(s), &s->client);
	session_work(s);
}

static void
idle(void *self)
{
	struct session *s = self;

	if (s->lingering || s->smtp.closing) {
		s->dead = true;
		server_reap_later(s->server);
		return;
	}
	smtp_end(&s->smtp, SAY_TIMEOUT);
	session_work(s);
}

static void
filter_time(void *self)
{
	session_work(self);
}

/* --- what is waited for --- */

static bool
links_closed(const struct session *s)
{
	for (size_t i = 0; i < s->chain.count; i++) {
		if (s->link[i].watch.fd != -1)
			return false;
	}
	return true;
}

static void
linger(struct session *s)
{
	if (s->client.fd != -1 && s->smtp.out.len == 0)
		(void)shutdown(s->client.fd, SHUT_WR);
	if (s->gone && s->smtp.out.len == 0)
		drop(loop_of(s), &s->client);
	if (s->client.fd == -1 && links_closed(s)) {
		s->dead = true;
		server_reap_later(s->server);
	}
}

static void
watch_filters(struct session *s)
{
	uint64_t deadline = chain_deadline(&s->chain);

	for (size_t i = 0; i < s->chain.count; i++) {
		const struct filter *f = &s->chain.filter[i];
		struct link *k = &s->link[i];
		k->watch.events = f->in.len < f->in.limit ? POLLIN : 0;
		if (k->connecting || f->out.len != 0)
			k->watch.events |= POLLOUT;
	}
	(void)loop_set(loop_of(s), &s->filter_time, deadline);
}

void
session_watch(struct session *s)
{
	uint64_t linger_ms = s->stopping ? LINGER_STOPPING_MS : LINGER_MS;
	uint64_t timeout_ms = (uint64_t)s->server->config->timeout_ms;
	uint64_t patience =
	    loop_now(loop_of(s)) + (s->lingering ? linger_ms : timeout_ms);

	if (s->lingering)
		linger(s);
	if (s->dead)
		return;
	watch_filters(s);
	s->client.events = 0;
	if (!s->gone && (s->lingering || smtp_room(&s->smtp) != 0) &&
	    s->smtp.out.len < SMTP_OUT_MAX / 2)
		s->client.events |= POLLIN;
	if (s->smtp.out.len != 0)
		s->client.events |= POLLOUT;
	if (s->chain.busy)
		patience = 0;
	else if (s->idle.at != 0 && s->idle.at < patience)
		return;
	(void)loop_set(loop_of(s), &s->idle, patience);
}

bool
session_open(struct session *s, int fd)
{
	s->client = (struct watch){
		.fd = fd, .events = POLLIN, .ready = client_ready, .self = s
	};
	s->idle = (struct timer){ .fire = idle, .self = s };
	s->filter_time = (struct timer){ .fire = filter_time, .self = s };
	for (size_t i = 0; i < FILTERS_MAX; i++) {
		struct link *k = &s->link[i];
		*k = (struct link){ .session = s, .index = i };
		k->watch = (struct watch){ .fd = -1, .ready = filter_ready, .self = k };
		k->retry = (struct timer){ .fire = redial, .self = k };
	}
	if (loop_watch(loop_of(s), &s->client))
		return true;
	close(fd);
	return false;
}

void
session_close(struct session *s)
{
	drop(loop_of(s), &s->client);
	(void)loop_set(loop_of(s), &s->idle, 0);
	(void)loop_set(loop_of(s), &s->filter_time, 0);
	for (size_t i = 0; i < FILTERS_MAX; i++) {
		drop(loop_of(s), &s->link[i].watch);
		(void)loop_set(loop_of(s), &s->link[i].retry, 0);
	}
}
