/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/server/server.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/put.h"
#include "sim/server/session.h"

enum { ACCEPT_PAUSE_MS = 100 };

struct listener {
	struct listener *next;
	struct server *server;
	struct watch watch;
	struct timer pause; /* out of descriptors: look again later */
	char *path;         /* a unix socket's, removed at the end */
};

/* --- sessions --- */

static void
reap(void *self)
{
	struct server *v = self;
	struct session *next;

	for (struct session *s = v->sessions; s != NULL; s = next) {
		next = s->next;
		if (!s->dead)
			continue;
		witness_tell(&s->witness, EVENT_CLOSE, EVENT_NO_FILTER, SLICE(""));
		*s->here = s->next;
		if (s->next != NULL)
			s->next->here = s->here;
		if (!s->client.finishing)
			v->open--;
		session_free(s);
	}
	if (v->stopping && v->sessions == NULL && v->ended != NULL)
		v->ended(v->ended_self);
}

void
server_reap_later(struct server *v)
{
	(void)loop_set(v->loop, &v->reap, loop_now(v->loop));
}

static void
turn_away(struct server *v, int fd, enum say what)
{
	struct text line = TEXT_INIT(600);
	const struct say_values values = { .host = v->smtp.host };

	profile_say(v->config->profile, what, &values, &line);
	if (send(fd, line.ptr, line.len, MSG_NOSIGNAL) == -1)
		v->counts.deferred++;
	close(fd);
	text_clear(&line);
}

bool
server_adopt(struct server *v, int fd, const struct socket_address *peer)
{
	if (v->open >= v->config->sessions_max || v->stopping) {
		turn_away(v, fd, v->stopping ? SAY_STOPPING : SAY_TOO_MANY_SESSIONS);
		return true;
	}
	struct session *s = session_new(v, ++v->last_id, fd, peer);
	if (s == NULL)
		return false;
	s->next = v->sessions;
	s->here = &v->sessions;
	if (s->next != NULL)
		s->next->here = &s->next;
	v->sessions = s;
	v->open++;
	v->counts.sessions++;
	session_work(s);
	return true;
}

/* --- listening --- */

static void
unpause(void *self)
{
	struct listener *l = self;

	loop_want(l->server->loop, &l->watch, POLLIN);
}

static void
client_waits(void *self, short revents)
{
	struct listener *l = self;
	struct socket_address peer;

	(void)revents;
	int fd = socket_accept(l->watch.fd, &peer);
	if (fd != -1) {
		(void)server_adopt(l->server, fd, &peer);
		return;
	}
	if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED)
		return;
	loop_want(l->server->loop, &l->watch, 0);
	(void)loop_set(
	    l->server->loop, &l->pause, loop_now(l->server->loop) + ACCEPT_PAUSE_MS);
}

static void
listener_free(struct listener *l)
{
	int fd = l->watch.fd;

	loop_unwatch(l->server->loop, &l->watch);
	(void)loop_set(l->server->loop, &l->pause, 0);
	if (fd != -1)
		close(fd);
	if (l->path != NULL)
		(void)unlink(l->path);
	free(l->path);
	free(l);
}

bool
server_listen(struct server *v, struct slice name, struct socket_address *ret_bound,
    struct text *why)
{
	struct socket_address a;
	struct listener *l = calloc(1, sizeof *l);

	if (l == NULL || !socket_address_parse(name, &a, why)) {
		free(l);
		return false;
	}
	l->server = v;
	l->watch = (struct watch){ .fd = socket_listen(&a, ret_bound, why),
		.events = POLLIN,
		.ready = client_waits,
		.self = l };
	l->pause = (struct timer){ .fire = unpause, .self = l };
	if (l->watch.fd == -1 || !loop_watch(v->loop, &l->watch)) {
		if (l->watch.fd != -1)
			close(l->watch.fd);
		free(l);
		return false;
	}
	if (a.storage.ss_family == AF_UNIX)
		l->path = strdup(((struct sockaddr_un *)&a.storage)->sun_path);
	l->next = v->listeners;
	v->listeners = l;
	return true;
}

static void
listen_no_more(struct server *v)
{
	while (v->listeners != NULL) {
		struct listener *next = v->listeners->next;
		listener_free(v->listeners);
		v->listeners = next;
	}
}

/* --- the server --- */

static bool
has_mailbox(void *self, struct slice path)
{
	const struct server *v = self;

	return users_take(&v->config->users, path);
}

static struct slice
meant(void *self, struct slice path, struct text *room)
{
	const struct server *v = self;

	return users_route(&v->config->users, path, room);
}

static bool
verify(void *self, struct slice word, struct text *ret)
{
	const struct server *v = self;

	return users_verify(&v->config->users, word, ret);
}

static bool
look_up(void *self, struct slice path, bool expand, struct text *ret)
{
	const struct server *v = self;

	return users_look_up(&v->config->users, path, expand, ret);
}

static const char *
fault_of(const struct server_config *c)
{
	if (c->filters > FILTERS_MAX)
		return "more than 25 filters";
	if (c->users.domains == 0)
		return "no domain";
	if (c->size_limit == 0 || c->sessions_max == 0 || c->timeout_ms <= 0)
		return "a limit of 0";
	for (size_t i = 0; i < c->users.count; i++) {
		if (!user_valid(c->users.user[i].name))
			return "a user name that cannot be a file name";
	}
	return NULL;
}

struct server *
server_new(struct loop *l, const struct server_config *c, struct text *why)
{
	const char *fault = fault_of(c);
	struct server *v = fault == NULL ? calloc(1, sizeof *v) : NULL;

	if (v == NULL) {
		text_printf(why, "%s", fault != NULL ? fault : "no memory");
		return NULL;
	}
	v->loop = l;
	v->config = c;
	v->budget.most = c->memory_max;
	v->added = (struct text)TEXT_INIT(64 * 1024);
	macro_given_unlisted(c->macro, c->macros, c->profile, &v->added);
	v->reap = (struct timer){ .fire = reap, .self = v };
	v->smtp = (struct smtp_config){
		.profile = c->profile,
		.host = slice_of(c->users.domain[0]),
		.announced =
		    slice_of(c->announced != NULL ? c->announced : c->profile->announced),
		.size_limit = c->size_limit,
		.announce_size = c->announce_size,
		.text_line_max = c->text_line_max >= 0 ? (size_t)c->text_line_max
						       : c->profile->text_line_max,
		.verify = c->verify || c->profile->verifies ? verify : NULL,
		.mailbox = has_mailbox,
		.look_up = look_up,
		.site = users_site(&c->users),
		.meant = meant,
		.self = v,
	};
	return v;
}

void
server_stop(struct server *v, void (*ended)(void *self), void *self)
{
	v->stopping = true;
	v->ended = ended;
	v->ended_self = self;
	listen_no_more(v);
	for (struct session *s = v->sessions; s != NULL; s = s->next)
		session_stop(s);
	server_reap_later(v);
}

void
server_free(struct server *v)
{
	if (v == NULL)
		return;
	listen_no_more(v);
	v->stopping = false;
	for (struct session *s = v->sessions; s != NULL; s = s->next)
		s->dead = true;
	reap(v);
	(void)loop_set(v->loop, &v->reap, 0);
	text_clear(&v->added);
	free(v);
}

struct server_counts
server_counts(const struct server *v)
{
	return v->counts;
}
