/* SPDX-License-Identifier: BSD-2-Clause */
/* The server and the milters of a play, and what is heard of them. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sim/play/play_state.h"

/* --- played milters --- */

static void
heard(void *self, struct player *player, char letter, struct slice payload,
    const struct action **told, size_t *n)
{
	struct play *p = self;
	const struct step *s = play_packet(
	    p, (unsigned)player->conn, player->scripted.milter, letter, payload);

	if (s == NULL || s->answers == 0)
		return;
	*told = &p->t->answer[s->first_answer];
	*n = s->answers;
}

/* What it is sent is logged where it is matched. */
static void
told(void *self, const struct event *e)
{
	if (e->what != EVENT_PACKET || e->to != TO_MILTER)
		play_log(self, e);
}

static void
ended(void *self, struct player *player)
{
	struct play *p = self;
	struct channel *c =
	    play_channel(p, (unsigned)player->conn, player->scripted.milter);

	c->ended = player->mta_ended;
	c->player = NULL;
	player_free(player);
	play_poke(p);
}

/* The milter's end of a new connection; false: memory is out, it is closed. */
static bool
start_player(struct play *p, int fd, unsigned conn, int milter)
{
	const struct script script = { p->t->rule, p->t->rules };
	struct player *player =
	    player_new(p->loop, fd, script, milter, (long)conn, &p->observer);

	if (player == NULL)
		return false;
	player_join(player, &p->players);
	play_channel(p, conn, milter)->player = player;
	return true;
}

/* --- with our own server --- */

static int
dial_real(const struct play *p, size_t filter)
{
	const char *name = p->config->serve->config.filter[filter].socket;
	struct text why = TEXT_INIT(400);
	struct socket_address a;
	bool ok = socket_address_parse(slice_of(name), &a, &why);

	text_clear(&why);
	errno = EINVAL;
	return ok ? socket_connect(&a) : -1;
}

/* The Kth call for a filter is the Kth session's. */
static int
dial(void *self, size_t filter)
{
	struct play *p = self;
	int pair[2];

	if (filter >= (size_t)p->t->milters || p->config->real[filter])
		return dial_real(p, filter);
	unsigned k = p->dialled[filter]++;
	if (k >= p->opened) {
		errno = ECONNREFUSED;
		return -1;
	}
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) ==
	    -1)
		return -1;
	if (!start_player(p, pair[1], p->order[k], (int)filter + 1)) {
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
	struct play *p = self;
	bool filter = e->filter < (size_t)p->t->milters;
	struct event here = *e;

	if (e->conn == 0 || e->conn > p->opened)
		return;
	here.conn = p->order[e->conn - 1];
	if (e->what == EVENT_NOTE)
		play_log(p, &here);
	else if (e->what == EVENT_BREACH)
		play_breach(p, &here);
	if (e->what != EVENT_PACKET || !filter || !p->config->real[e->filter])
		return;
	if (e->to == TO_MILTER)
		(void)play_packet(
		    p, (unsigned)here.conn, (int)e->filter + 1, e->letter, e->bytes);
	else
		play_answer(
		    p, (unsigned)here.conn, (int)e->filter + 1, e->letter, e->bytes);
}

static bool
begin_server(struct play *p)
{
	struct server_config *c = &p->config->serve->config;
	struct text why = TEXT_INIT(400);

	c->sink = (struct event_sink){ observe, p };
	c->dial = dial;
	c->self = p;
	p->server = server_new(p->loop, c, &why);
	if (p->server == NULL)
		play_fail(p, PLAY_IMPOSSIBLE, NULL, text_cstr(&why));
	text_clear(&why);
	return p->server != NULL;
}

/* --- with a server elsewhere, whose MTA comes to us --- */

static void
mta_waits(void *self, short revents)
{
	struct door *d = self;
	struct play *p = d->play;
	struct socket_address peer;
	unsigned *k = &p->dialled[d->milter - 1];

	(void)revents;
	int fd = socket_accept(d->watch.fd, &peer);
	if (fd == -1)
		return;
	if (*k < p->opened)
		(void)start_player(p, fd, p->order[(*k)++], d->milter);
	else
		(void)close(fd);
}

static bool
open_door(struct play *p, int milter, const char *name)
{
	struct door *d = &p->door[milter - 1];
	struct text why = TEXT_INIT(400);
	struct socket_address a, bound;
	int fd = -1;

	if (socket_address_parse(slice_of(name), &a, &why))
		fd = socket_listen(&a, &bound, &why);
	*d = (struct door){ .play = p,
		.milter = milter,
		.watch = { .fd = fd, .events = POLLIN, .ready = mta_waits, .self = d } };
	if (fd != -1 && !loop_watch(p->loop, &d->watch))
		text_printf(&why, "out of memory");
	if (why.len > 0)
		play_fail(p, PLAY_UNREACHABLE, NULL, text_cstr(&why));
	text_clear(&why);
	return !p->over;
}

static bool
begin_doors(struct play *p)
{
	for (int i = 0; i < p->t->milters; i++) {
		if (p->config->played[i] == NULL) {
			play_fail(p, PLAY_IMPOSSIBLE, NULL,
			    "M lines, but the server's MTA has no socket to find the "
			    "milter at: give --played SOCKET");
			return false;
		}
		if (!open_door(p, i + 1, p->config->played[i]))
			return false;
	}
	return true;
}

bool
play_milters_begin(struct play *p)
{
	p->observer = (struct player_observer){ heard, ended, p, { told, p } };
	return p->config->serve != NULL ? begin_server(p) : begin_doors(p);
}

void
play_milters_end(struct play *p)
{
	for (int i = 0; i < p->t->milters && p->config->serve == NULL; i++) {
		struct door *d = &p->door[i];
		struct socket_address a = { .length = sizeof a.storage };
		if (d->play == NULL || d->watch.fd == -1)
			continue;
		if (getsockname(d->watch.fd, (struct sockaddr *)&a.storage, &a.length) ==
			0 &&
		    a.storage.ss_family == AF_UNIX)
			(void)unlink(((const struct sockaddr_un *)&a.storage)->sun_path);
		(void)close(d->watch.fd);
	}
}
