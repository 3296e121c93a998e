/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/puppet/player.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sim/io/socket.h"
#include "wire/frame.h"

enum {
	CHUNK = 64 * 1024,
	IN_MAX = FRAME_HEAD + FRAME_PAYLOAD_1M + CHUNK,
	OUT_MAX = 2 * IN_MAX,
};

static void
tell_event(struct player *p, struct event e)
{
	e.ms = loop_now(p->loop);
	e.conn = (unsigned long)p->conn;
	e.filter = (size_t)p->scripted.milter - 1;
	event_tell(&p->observer->sink, &e);
}

static void
tell(struct player *p, const char *what)
{
	tell_event(p, (struct event){ .what = EVENT_NOTE, .bytes = slice_of(what) });
}

/* One framed packet, or raw bytes. */
static void
tell_said(struct player *p, struct slice bytes)
{
	struct event e = { .what = EVENT_RAW, .to = TO_MTA, .bytes = bytes };
	struct frame f;

	if (frame_decode(bytes, FRAME_PAYLOAD_1M, &f) == FRAME_OK && f.size == bytes.len)
		e = (struct event){ .what = EVENT_PACKET,
			.to = TO_MTA,
			.letter = f.letter,
			.bytes = f.payload };
	tell_event(p, e);
}

static void
end(struct player *p)
{
	struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
	int fd = p->watch.fd;

	if (fd == -1)
		return;
	if (p->reset)
		(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	loop_close(p->loop, &p->watch);
	(void)loop_set(p->loop, &p->timer, 0);
	p->observer->ended(p->observer->self, p);
}

/* False: the socket is dead. */
static bool
flush(struct player *p)
{
	size_t sent;

	return p->out.len == 0 || socket_send(p->watch.fd, &p->out, &sent);
}

static void
do_effect(struct player *p, const struct effect *e)
{
	char words[40];

	switch (e->act) {
	case ACT_SEND:
		if (text_append(&p->out, e->bytes) == TEXT_OK)
			tell_said(p, e->bytes);
		else
			p->closing = true;
		break;
	case ACT_WAIT:
		(void)snprintf(words, sizeof words, "sleep %ums", e->wait_ms);
		tell(p, words);
		if (!loop_set(p->loop, &p->timer, loop_now(p->loop) + e->wait_ms))
			p->closing = true;
		break;
	case ACT_RESET: p->reset = true; /* fall through */
	case ACT_CLOSE:
		tell(p, "closed-by-milter");
		p->closing = true;
		break;
	case ACT_HANG:
		tell(p, "hang");
		p->hung = true;
		break;
	}
}

/* Begins the answer to the next whole packet; false: none is there. */
static bool
next_packet(struct player *p)
{
	struct frame f;
	const struct action *told = NULL;
	size_t n = 0;
	enum frame_status s = frame_decode(text_slice(&p->in), FRAME_PAYLOAD_1M, &f);

	if (s == FRAME_SHORT)
		return false;
	if (s != FRAME_OK) {
		tell(p, frame_fault(s));
		p->closing = true;
		return false;
	}
	tell_event(p, (struct event){ .what = EVENT_PACKET,
			  .to = TO_MILTER,
			  .letter = f.letter,
			  .bytes = f.payload });
	if (p->observer->heard != NULL)
		p->observer->heard(p->observer->self, p, f.letter, f.payload, &told, &n);
	scripted_packet(&p->scripted, f.letter, f.payload, told, n);
	p->acting = !p->hung;
	text_drop(&p->in, f.size);
	return true;
}

/* Does what can be done now; false: the connection is over. */
static bool
work(struct player *p)
{
	struct effect e;

	for (;;) {
		if (!flush(p))
			return false;
		if (p->closing)
			return p->out.len > 0;
		if (p->timer.at != 0)
			return !p->mta_ended; /* nobody is left to wait for us */
		if (p->out.len > 0)
			return true;
		if (p->acting && (p->acting = scripted_next(&p->scripted, &e)))
			do_effect(p, &e);
		else if (!next_packet(p) && !p->closing)
			return !p->mta_ended;
		if (p->hung)
			p->acting = false;
	}
}

static void
go_on(struct player *p)
{
	if (!work(p)) {
		end(p);
		return;
	}
	loop_want(p->loop, &p->watch,
	    p->out.len > 0     ? POLLOUT
	    : p->timer.at != 0 ? 0
			       : POLLIN);
}

static void
receive(struct player *p)
{
	char chunk[CHUNK];
	ssize_t n = recv(p->watch.fd, chunk, sizeof chunk, 0);

	if (n > 0) {
		if (text_append(&p->in, (struct slice){ chunk, (size_t)n }) != TEXT_OK)
			p->closing = true;
		return;
	}
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	p->mta_ended = true;
	tell(p, n == 0 ? "eof-from-mta" : "reset-by-mta");
}

static void
ready(void *self, short revents)
{
	struct player *p = self;

	if ((revents & (POLLIN | POLLHUP | POLLERR)) != 0)
		receive(p);
	go_on(p);
}

static void
waited(void *self)
{
	go_on(self);
}

struct player *
player_new(struct loop *l, int fd, struct script script, int milter, long conn,
    const struct player_observer *observer)
{
	struct player *p = calloc(1, sizeof *p);

	if (p == NULL) {
		(void)close(fd);
		return NULL;
	}
	*p = (struct player){
		.loop = l,
		.observer = observer,
		.watch = { .fd = fd, .events = POLLIN, .ready = ready, .self = p },
		.timer = { .fire = waited, .self = p },
		.in = TEXT_INIT(IN_MAX),
		.out = TEXT_INIT(OUT_MAX),
		.conn = conn,
	};
	scripted_init(&p->scripted, script, milter);
	if (!loop_watch(l, &p->watch)) {
		p->watch.fd = -1;
		(void)close(fd);
		player_free(p);
		return NULL;
	}
	return p;
}

void
player_join(struct player *p, struct player **list)
{
	p->next = *list;
	p->here = list;
	if (p->next != NULL)
		p->next->here = &p->next;
	*list = p;
}

static void
leave(struct player *p)
{
	if (p->here == NULL)
		return;
	*p->here = p->next;
	if (p->next != NULL)
		p->next->here = p->here;
}

void
player_free(struct player *p)
{
	if (p == NULL)
		return;
	int fd = p->watch.fd;
	leave(p);
	(void)loop_set(p->loop, &p->timer, 0);
	if (fd != -1) {
		loop_unwatch(p->loop, &p->watch);
		(void)close(fd);
	}
	scripted_clear(&p->scripted);
	text_clear(&p->in);
	text_clear(&p->out);
	free(p);
}
