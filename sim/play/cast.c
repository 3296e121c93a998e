/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/play/cast.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CLIENT_PORT = 40000 }; /* what our server is told: this and the connection */

/* --- puppets --- */

/* Our own server judges; one elsewhere leaves it to us. */
static void
judge(const struct cast *c, const struct event *e)
{
	const struct event_sink sink = { c->owner->told, c->self };
	size_t i = (e->conn - 1) * (size_t)c->config->transcript->milters + e->filter;

	if (c->server == NULL)
		umpire_see(&c->umpire[i], e, &sink);
}

static void
heard(void *self, struct player *player, char letter, struct slice payload,
    const struct action **told, size_t *n)
{
	const struct cast *c = self;
	const struct event e = { .what = EVENT_PACKET,
		.conn = (unsigned long)player->conn,
		.filter = (size_t)player->scripted.milter - 1,
		.to = TO_MILTER,
		.letter = letter,
		.bytes = payload };
	const struct step *s = c->owner->packet(c->self, &e);

	judge(c, &e);
	if (s == NULL || s->answers == 0)
		return;
	*told = &c->config->transcript->answer[s->first_answer];
	*n = s->answers;
}

/* What a puppet is sent was told to packet(). */
static void
told(void *self, const struct event *e)
{
	const struct cast *c = self;

	if (e->what == EVENT_PACKET && e->to == TO_MILTER)
		return;
	c->owner->told(c->self, e);
	judge(c, e);
}

static void
ended(void *self, struct player *player)
{
	const struct cast *c = self;
	unsigned conn = (unsigned)player->conn;
	size_t filter = (size_t)player->scripted.milter - 1;
	bool by_mta = player->mta_ended;

	player_free(player);
	c->owner->left(c->self, conn, filter, by_mta);
}

/* The milter's end of a new connection; false: memory is out, it is closed. */
static bool
start_puppet(struct cast *c, int fd, unsigned conn, int milter)
{
	const struct transcript *t = c->config->transcript;
	const struct script script = { t->rule, t->rules };
	struct player *player =
	    player_new(c->loop, fd, script, milter, (long)conn, &c->observer);

	if (player == NULL)
		return false;
	player_join(player, &c->puppets);
	return true;
}

static bool
new_pair(int pair[2])
{
	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) ==
	       0;
}

/* --- with our own server --- */

static int
dial_real(const struct cast *c, size_t filter)
{
	const char *name = c->config->serve->filter[filter].socket;
	struct text why = TEXT_INIT(400);
	struct socket_address a;
	bool ok = socket_address_parse(slice_of(name), &a, &why);

	text_clear(&why);
	errno = EINVAL;
	return ok ? socket_connect(&a) : -1;
}

bool
cast_real(const struct cast *c, size_t filter)
{
	return c->config->serve != NULL && c->config->real[filter];
}

static int
dial_filter(void *self, unsigned long session, size_t filter)
{
	struct cast *c = self;
	int pair[2];

	if (filter >= (size_t)c->config->transcript->milters || c->config->real[filter])
		return dial_real(c, filter);
	if (session > c->opened) {
		errno = ECONNREFUSED;
		return -1;
	}
	if (!new_pair(pair))
		return -1;
	if (!start_puppet(c, pair[1], c->order[session - 1], (int)filter + 1)) {
		(void)close(pair[0]);
		errno = ENOMEM;
		return -1;
	}
	return pair[0];
}

/* The server's Nth session is the connection that was opened as the Nth. */
static void
observe(void *self, const struct event *e)
{
	const struct cast *c = self;
	struct event here = *e;

	if (e->conn == 0 || e->conn > c->opened)
		return;
	here.conn = c->order[e->conn - 1];
	if (e->what == EVENT_NOTE || e->what == EVENT_BREACH)
		c->owner->told(c->self, &here);
	else if (e->what == EVENT_PACKET &&
		 e->filter < (size_t)c->config->transcript->milters &&
		 c->config->real[e->filter])
		(void)c->owner->packet(c->self, &here);
}

static enum play_end
begin_server(struct cast *c, struct text *why)
{
	struct server_config *config = c->config->serve;

	config->sink = (struct event_sink){ observe, c };
	config->dial = dial_filter;
	config->self = c;
	c->server = server_new(c->loop, config, why);
	return c->server != NULL ? PLAY_SAME : PLAY_IMPOSSIBLE;
}

/* Our server is told of a client at a loopback address. */
static int
adopt_client(struct cast *c, unsigned n)
{
	struct socket_address peer = { .length = sizeof(struct sockaddr_in) };
	struct sockaddr_in *in = (struct sockaddr_in *)&peer.storage;
	int pair[2];

	in->sin_family = AF_INET;
	in->sin_port = htons((uint16_t)(CLIENT_PORT + n));
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (!new_pair(pair))
		return -1;
	c->order[c->opened++] = n;
	if (!server_adopt(c->server, pair[1], &peer)) {
		(void)close(pair[0]);
		errno = ENOMEM;
		return -1;
	}
	return pair[0];
}

/* --- with a server elsewhere, whose MTA comes to us --- */

static void
mta_waits(void *self, short revents)
{
	struct door *d = self;
	struct cast *c = d->cast;
	struct socket_address peer;
	unsigned *k = &c->dialled[d->milter - 1];

	(void)revents;
	int fd = socket_accept(d->watch.fd, &peer);
	if (fd == -1)
		return;
	if (*k < c->opened)
		(void)start_puppet(c, fd, c->order[(*k)++], d->milter);
	else
		(void)close(fd);
}

static enum play_end
open_door(struct cast *c, int milter, const char *name, struct text *why)
{
	struct door *d = &c->door[milter - 1];
	struct socket_address a, bound;
	int fd = -1;

	if (socket_address_parse(slice_of(name), &a, why))
		fd = socket_listen(&a, &bound, why);
	*d = (struct door){ .cast = c,
		.milter = milter,
		.watch = { .fd = fd, .events = POLLIN, .ready = mta_waits, .self = d } };
	if (fd != -1 && loop_watch(c->loop, &d->watch))
		return PLAY_SAME;
	if (fd != -1)
		text_printf(why, "out of memory");
	return PLAY_UNREACHABLE;
}

static enum play_end
begin_doors(struct cast *c, struct text *why)
{
	const struct transcript *t = c->config->transcript;
	size_t umpires = t->connections * (size_t)t->milters;
	enum play_end end = PLAY_SAME;

	c->umpire = calloc(umpires + 1, sizeof *c->umpire);
	if (c->umpire == NULL) {
		text_printf(why, "out of memory");
		return PLAY_UNREACHABLE;
	}
	for (size_t i = 0; i < umpires; i++)
		umpire_init(&c->umpire[i]);
	for (int i = 0; end == PLAY_SAME && i < t->milters; i++) {
		if (c->config->played[i] == NULL) {
			text_printf(why,
			    "M lines, but the server's MTA has no socket to find the "
			    "milter at: give --played SOCKET");
			return PLAY_IMPOSSIBLE;
		}
		end = open_door(c, i + 1, c->config->played[i], why);
	}
	return end;
}

static void
close_door(struct door *d)
{
	struct socket_address a = { .length = sizeof a.storage };

	if (getsockname(d->watch.fd, (struct sockaddr *)&a.storage, &a.length) == 0 &&
	    a.storage.ss_family == AF_UNIX)
		(void)unlink(((const struct sockaddr_un *)&a.storage)->sun_path);
	loop_close(d->cast->loop, &d->watch);
}

/* --- beginning and end --- */

enum play_end
cast_begin(struct cast *c, const struct play_config *config, struct loop *loop,
    const struct cast_owner *owner, void *self, struct text *why)
{
	*c = (struct cast){
		.config = config,
		.loop = loop,
		.owner = owner,
		.self = self,
		.observer = { heard, ended, c, { told, c } },
		.order = calloc(config->transcript->connections + 1, sizeof *c->order),
	};
	if (c->order == NULL) {
		text_printf(why, "out of memory");
		return PLAY_UNREACHABLE;
	}
	return config->serve != NULL ? begin_server(c, why) : begin_doors(c, why);
}

static void
clear_umpires(struct cast *c)
{
	const struct transcript *t = c->config->transcript;
	size_t umpires = t->connections * (size_t)t->milters;

	for (size_t i = 0; c->umpire != NULL && i < umpires; i++)
		umpire_clear(&c->umpire[i]);
	free(c->umpire);
}

void
cast_clear(struct cast *c)
{
	server_free(c->server);
	while (c->puppets != NULL)
		player_free(c->puppets);
	for (int i = 0; i < TRANSCRIPT_MILTERS; i++) {
		if (c->door[i].cast != NULL && c->door[i].watch.fd != -1)
			close_door(&c->door[i]);
	}
	clear_umpires(c);
	free(c->order);
}

int
cast_dial(struct cast *c, unsigned n, bool *ret_connecting)
{
	*ret_connecting = c->server == NULL;
	if (c->server != NULL)
		return adopt_client(c, n);
	int fd = socket_connect(c->config->server);
	if (fd != -1)
		c->order[c->opened++] = n;
	return fd;
}
