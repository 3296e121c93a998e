/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/play/cast.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	CLIENT_PORT = 40000, /* what our server is told: this and the connection */
	UMPIRES = TRANSCRIPT_MILTERS * CAST_CALLS_MAX,
};

/* --- puppets --- */

/* Our own server judges; one elsewhere leaves it to us. */
static void
judge(const struct cast *c, const struct event *e)
{
	const struct event_sink sink = { c->owner->told, c->self };

	if (c->server == NULL)
		umpire_see(
		    &c->umpire[e->filter * CAST_CALLS_MAX + e->conn - 1], e, &sink);
}

static void
heard(void *self, struct player *player, char letter, struct slice payload,
    const struct action **told, size_t *n)
{
	const struct cast *c = self;
	const struct event e = { .ms = loop_now(c->loop),
		.what = EVENT_PACKET,
		.conn = (unsigned long)player->conn,
		.filter = (size_t)player->scripted.milter - 1,
		.to = TO_MILTER,
		.letter = letter,
		.bytes = payload };
	const struct step *s = c->owner->packet(c->self, &e, player->client);

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
	unsigned client = player->client;
	size_t filter = (size_t)player->scripted.milter - 1;
	bool by_mta = player->mta_ended;

	player_free(player);
	c->owner->left(c->self, client, filter, by_mta);
}

bool
cast_has_puppet(const struct cast *c, unsigned client, size_t filter)
{
	const struct player *p = c->puppets;

	while (p != NULL &&
	       (p->client != client || (size_t)p->scripted.milter != filter + 1))
		p = p->next;
	return p != NULL;
}

/* The milter's end of a new connection; false: memory is out, it is closed. */
static bool
start_puppet(struct cast *c, int fd, unsigned client, unsigned conn, int milter)
{
	const struct transcript *t = c->config->transcript;
	const struct script script = { t->rule, t->rules };
	struct player *player =
	    player_new(c->loop, fd, script, milter, (long)conn, &c->observer);

	if (player == NULL)
		return false;
	player->client = client;
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
	unsigned client = c->order[session - 1];
	if (!start_puppet(c, pair[1], client, client, (int)filter + 1)) {
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
		(void)c->owner->packet(c->self, &here, (unsigned)here.conn);
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
mta_came(void *self, struct door *d, int fd)
{
	struct cast *c = self;
	unsigned *k = &c->calls[d->milter - 1];

	if (c->opened == 0 || *k == CAST_CALLS_MAX) {
		(void)close(fd);
		return;
	}
	unsigned client = c->order[*k < c->opened ? *k : c->opened - 1];
	if (!start_puppet(c, fd, client, ++*k, d->milter))
		return;
	c->owner->told(c->self, &(struct event){ .ms = loop_now(c->loop),
				    .what = EVENT_OPEN,
				    .conn = *k,
				    .filter = (size_t)d->milter - 1 });
}

static enum play_end
open_door(struct cast *c, int milter, const char *name, struct text *why)
{
	struct socket_address bound;

	c->door[milter - 1] = (struct door){ milter, mta_came, c, .loop = NULL };
	return door_open(&c->door[milter - 1], c->loop, name, &bound, why)
		   ? PLAY_SAME
		   : PLAY_UNREACHABLE;
}

/* Which milters are called is the MTA's to say: each that has an address may be. */
static enum play_end
begin_doors(struct cast *c, struct text *why)
{
	const struct play_config *config = c->config;
	enum play_end end = PLAY_SAME;

	c->umpire = calloc(UMPIRES, sizeof *c->umpire);
	if (c->umpire == NULL) {
		text_printf(why, "out of memory");
		return PLAY_UNREACHABLE;
	}
	for (size_t i = 0; i < UMPIRES; i++)
		umpire_init(&c->umpire[i]);
	for (int i = 0; end == PLAY_SAME && i < TRANSCRIPT_MILTERS; i++) {
		if (config->played[i] != NULL) {
			end = open_door(c, i + 1, config->played[i], why);
		} else if (i < config->transcript->milters && !config->may_be_absent) {
			text_printf(why,
			    "M lines, but the server's MTA has no socket to find the "
			    "milter at: give --played SOCKET");
			end = PLAY_IMPOSSIBLE;
		}
	}
	return end;
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
	for (size_t i = 0; c->umpire != NULL && i < UMPIRES; i++)
		umpire_clear(&c->umpire[i]);
	free(c->umpire);
}

void
cast_clear(struct cast *c)
{
	server_free(c->server);
	while (c->puppets != NULL)
		player_free(c->puppets);
	for (int i = 0; i < TRANSCRIPT_MILTERS; i++)
		door_close(&c->door[i]);
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
