/* SPDX-License-Identifier: BSD-2-Clause */
/* A session's links joined to its dialogue and its chain, and its patience. */
#include "sim/server/session.h"

#include <errno.h>

enum {
	LINGER_MS = 2000, /* how long a client may take to close after the last word */
	LINGER_STOPPING_MS = 200, /* ... when the whole server ends */
};

static struct loop *
loop_of(const struct session *s)
{
	return s->server->loop;
}

/* --- filters --- */

static int
dial(void *self, size_t i, struct text *why)
{
	const struct session *s = self;
	const struct server_config *config = s->server->config;
	struct slice name = slice_of(config->filter[i].socket);
	struct socket_address a;

	if (config->dial != NULL)
		return config->dial(config->self, s->id, i);
	return socket_address_parse(name, &a, why) ? socket_connect(&a) : -1;
}

static void
connected(void *self, size_t i, bool ok, const char *why)
{
	struct session *s = self;

	chain_connected(&s->chain, i, ok, why, loop_now(loop_of(s)));
}

static void
sent(void *self, size_t i)
{
	struct session *s = self;

	chain_sent(&s->chain, i, loop_now(loop_of(s)));
}

static void
filter_works(void *self)
{
	session_read_filters(self);
	session_work(self);
}

void
session_read_filters(struct session *s)
{
	for (size_t i = 0; i < s->chain.count; i++)
		filter_link_read(&s->filter[i]);
}

static bool
move_filter(struct session *s, size_t i)
{
	enum moved moved = filter_link_move(&s->filter[i]);

	const struct filter *f = &s->chain.filter[i];
	bool answered = f->out.len == 0 && (f->in.len != 0 || f->eof);

	return moved == MOVED_STATE ||
	       (moved == MOVED_BYTES && (!s->chain.waiting || answered));
}

/* --- client --- */

static bool
forgets(const struct session *s)
{
	return s->client.finishing || s->smtp.closing;
}

static size_t
room(void *self)
{
	const struct session *s = self;

	return forgets(s) ? SIZE_MAX : smtp_room(&s->smtp);
}

static bool
heard(void *self, struct slice bytes)
{
	struct session *s = self;

	(void)loop_set(loop_of(s), &s->idle, 0); /* session_watch() sets it anew */
	if (forgets(s))
		return true;
	witness_client(&s->witness, bytes);
	return smtp_feed(&s->smtp, bytes);
}

static void
client_works(void *self)
{
	session_work(self);
}

/* True when there is room again for answers to commands that wait, or nobody is left. */
static bool
reply_to_client(struct session *s)
{
	if (smtp_waits(&s->smtp))
		return false;
	witness_server(&s->witness, text_slice(&s->smtp.out));
	bool moved = client_link_send(&s->client, &s->smtp.out);
	witness_unsent(&s->witness, s->smtp.out.len);
	return moved && (s->smtp.in.len != 0 || s->client.gone) && !s->chain.busy &&
	       !s->client.finishing;
}

bool
session_move(struct session *s)
{
	bool moved = reply_to_client(s);

	for (size_t i = 0; i < s->chain.count; i++)
		moved = move_filter(s, i) || moved;
	return moved;
}

/* --- patience --- */

static void
bury(struct session *s)
{
	s->dead = true;
	server_reap_later(s->server);
}

static void
idle(void *self)
{
	struct session *s = self;

	if (forgets(s)) {
		bury(s);
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

static bool
all_closed(const struct session *s)
{
	for (size_t i = 0; i < s->chain.count; i++) {
		if (s->filter[i].watch.fd != -1)
			return false;
	}
	return s->client.watch.fd == -1;
}

static void
watch_patience(struct session *s)
{
	uint64_t linger_ms = s->stopping ? LINGER_STOPPING_MS : LINGER_MS;
	uint64_t timeout_ms = (uint64_t)s->server->config->timeout_ms;
	uint64_t until =
	    loop_now(loop_of(s)) + (s->client.finishing ? linger_ms : timeout_ms);

	if (s->chain.busy)
		until = 0;
	else if (s->idle.at != 0 && s->idle.at < until)
		return;
	(void)loop_set(loop_of(s), &s->idle, until);
}

void
session_watch(struct session *s)
{
	size_t unsent = s->smtp.out.len;
	bool may_speak = s->client.finishing || smtp_room(&s->smtp) != 0;

	if (s->client.finishing && unsent == 0)
		client_link_shut(&s->client);
	if (s->client.finishing && all_closed(s))
		bury(s);
	if (s->dead)
		return;
	for (size_t i = 0; i < s->chain.count; i++)
		filter_link_watch(&s->filter[i]);
	client_link_watch(
	    &s->client, may_speak && unsent < SMTP_OUT_MAX / 2, unsent != 0);
	(void)loop_set(loop_of(s), &s->filter_time,
	    s->moving ? s->moving_until : chain_deadline(&s->chain));
	watch_patience(s);
}

/* --- beginning and end --- */

static void
init_filter_links(struct session *s)
{
	static const struct filter_link_owner filter = { dial, connected, sent,
		filter_works };

	for (size_t i = 0; i < FILTERS_MAX; i++)
		filter_link_init(
		    &s->filter[i], loop_of(s), &s->chain.filter[i], i, &filter, s);
}

void
session_move_on(struct session *s)
{
	s->moving = true;
	s->moving_until = loop_now(loop_of(s)) + LINGER_MS;
}

bool
session_moved(struct session *s)
{
	bool patient = loop_now(loop_of(s)) < s->moving_until;
	bool waits = false;

	for (size_t i = 0; i < s->chain.count; i++) {
		(void)filter_link_move(&s->filter[i]);
		waits = waits || s->filter[i].watch.fd != -1;
	}
	if (waits && patient)
		return false;
	for (size_t i = 0; i < s->chain.count; i++)
		filter_link_close(&s->filter[i]);
	s->moving = false;
	chain_clear(&s->chain);
	session_init_chain(s);
	init_filter_links(s);
	return true;
}

bool
session_open(struct session *s, int fd)
{
	static const struct client_link_owner client = { room, heard, client_works };

	s->idle = (struct timer){ .fire = idle, .self = s };
	s->filter_time = (struct timer){ .fire = filter_time, .self = s };
	init_filter_links(s);
	return client_link_open(&s->client, loop_of(s), fd, &client, s);
}

void
session_close(struct session *s)
{
	client_link_close(&s->client);
	(void)loop_set(loop_of(s), &s->idle, 0);
	(void)loop_set(loop_of(s), &s->filter_time, 0);
	for (size_t i = 0; i < FILTERS_MAX; i++)
		filter_link_close(&s->filter[i]);
}
