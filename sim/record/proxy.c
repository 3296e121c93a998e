/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/record/proxy.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REDIAL_MS = 20 };

static struct pipe_end *
other(struct pipe_end *e)
{
	return e == &e->proxy->mta ? &e->proxy->milter : &e->proxy->mta;
}

/* Nothing can be sent to it. */
static bool
mute(const struct pipe_end *e)
{
	return e->deaf || e->gone;
}

static void
hang_up(struct pipe_end *e, bool reset)
{
	struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

	if (e->watch.fd == -1)
		return;
	if (reset)
		(void)setsockopt(
		    e->watch.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	loop_close(e->proxy->loop, &e->watch);
}

static void
finish(struct proxy *p, bool reset)
{
	hang_up(&p->mta, reset);
	hang_up(&p->milter, reset);
	(void)loop_set(p->loop, &p->retry, 0);
	p->observer.ended(p->observer.self);
}

/* --- one side's bytes --- */

static const char *
note_of(const struct pipe_end *e, bool reset)
{
	if (e == &e->proxy->mta)
		return reset ? "reset-by-mta" : "eof-from-mta";
	return reset ? "reset-by-milter" : "eof-from-milter";
}

static void
end_side(struct pipe_end *e, bool reset)
{
	e->ended = true;
	e->reset = e->reset || reset;
	e->proxy->observer.noted(e->proxy->observer.self, note_of(e, reset));
}

/* Room in the other side's `out` is what may be read. */
static void
hear(struct pipe_end *e)
{
	char buffer[PROXY_HELD];
	struct pipe_end *to = other(e);
	size_t room = to->out.limit - to->out.len;

	if (e->ended || (room == 0 && !mute(to)))
		return;
	ssize_t n = recv(e->watch.fd, buffer, mute(to) ? sizeof buffer : room, 0);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		end_side(e, n == -1);
		return;
	}
	const struct slice bytes = { buffer, (size_t)n };
	e->proxy->observer.passed(
	    e->proxy->observer.self, to == &e->proxy->mta ? TO_MTA : TO_MILTER, bytes);
	if (!mute(to) && text_append(&to->out, bytes) != TEXT_OK)
		end_side(e, true); /* no memory: it cannot be handed on whole */
}

/* What is queued, and then the end of the other side's direction. */
static void
say(struct pipe_end *e)
{
	struct pipe_end *from = other(e);
	size_t sent;

	if (!mute(e) && e->out.len != 0 && !socket_send(e->watch.fd, &e->out, &sent)) {
		e->deaf = true; /* its last words are still heard */
		text_clear(&e->out);
	}
	if (from->ended && !from->told && (e->out.len == 0 || mute(e))) {
		from->told = true;
		if (!mute(e) && !from->reset)
			(void)shutdown(e->watch.fd, SHUT_WR);
	}
}

static void
listen_for(struct pipe_end *e)
{
	const struct pipe_end *to = other(e);
	bool room = mute(to) || to->out.len < to->out.limit;

	bool says = e->out.len != 0 && !mute(e);
	int events = (!e->ended && room ? POLLIN : 0) | (says ? POLLOUT : 0);

	if (e->watch.fd != -1)
		loop_want(e->proxy->loop, &e->watch, (short)events);
}

/* All was said of this side, and it takes nothing more. */
static bool
done(const struct pipe_end *e)
{
	return e->ended && e->told && (mute(e) || e->reset);
}

/* True when all is over, and whether that is a reset. */
static bool
over(const struct proxy *p, bool *ret_reset)
{
	const struct pipe_end *a = &p->mta, *b = &p->milter;

	*ret_reset = a->reset || b->reset || a->deaf || b->deaf;
	return done(a) || done(b) || (a->ended && b->ended && a->told && b->told);
}

static void
work(struct proxy *p)
{
	bool reset;

	say(&p->milter);
	say(&p->mta);
	if (over(p, &reset)) {
		finish(p, reset);
		return;
	}
	listen_for(&p->mta);
	listen_for(&p->milter);
}

/* --- connecting --- */

static void
give_up(struct proxy *p, int error)
{
	p->observer.refused(p->observer.self, error);
	finish(p, true);
}

static void
dial(struct proxy *p)
{
	p->connecting = true;
	p->milter.watch.fd = socket_connect(&p->milter_address);
	if (p->milter.watch.fd == -1 && errno == EAGAIN &&
	    loop_set(p->loop, &p->retry, loop_now(p->loop) + REDIAL_MS))
		return; /* it lives, and its queue is full */
	if (p->milter.watch.fd == -1) {
		give_up(p, errno);
		return;
	}
	p->milter.watch.events = POLLOUT;
	if (!loop_watch(p->loop, &p->milter.watch)) {
		(void)close(p->milter.watch.fd);
		p->milter.watch.fd = -1;
		give_up(p, ENOMEM);
		return;
	}
}

static void
redial(void *self)
{
	dial(self);
}

static void
ready(void *self, short revents)
{
	struct pipe_end *e = self;
	struct proxy *p = e->proxy;

	if (p->connecting && e == &p->milter) {
		int error = socket_error(e->watch.fd);
		if (error != 0) {
			give_up(p, error);
			return;
		}
		p->connecting = false;
	} else if (e->ended && (revents & (POLLHUP | POLLERR)) != 0) {
		e->gone = true; /* both its directions; poll() would say so for ever */
		hang_up(e, false);
	} else if ((revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
		hear(e);
	}
	/* Its bytes wait until the milter is there. */
	if (!p->connecting)
		work(p);
	else if (e->watch.fd != -1)
		loop_want(p->loop, &e->watch, 0);
}

static struct pipe_end
new_end(struct proxy *p)
{
	return (struct pipe_end){ .proxy = p,
		.watch = { .fd = -1, .ready = ready },
		.out = TEXT_INIT(PROXY_HELD) };
}

struct proxy *
proxy_new(struct loop *l, int fd, const struct socket_address *milter,
    const struct proxy_observer *observer)
{
	struct proxy *p = calloc(1, sizeof *p);

	if (p == NULL) {
		(void)close(fd);
		return NULL;
	}
	p->loop = l;
	p->observer = *observer;
	p->milter_address = *milter;
	p->retry = (struct timer){ .fire = redial, .self = p };
	p->mta = new_end(p);
	p->milter = new_end(p);
	p->mta.watch.self = &p->mta;
	p->milter.watch.self = &p->milter;
	p->mta.watch.fd = fd;
	if (!loop_watch(l, &p->mta.watch)) {
		(void)close(fd);
		free(p);
		return NULL;
	}
	/* From the loop: `ended` may be called at once. */
	if (!loop_set(l, &p->retry, loop_now(l))) {
		loop_close(l, &p->mta.watch);
		free(p);
		return NULL;
	}
	p->connecting = true;
	return p;
}

void
proxy_free(struct proxy *p)
{
	if (p == NULL)
		return;
	hang_up(&p->mta, true);
	hang_up(&p->milter, true);
	(void)loop_set(p->loop, &p->retry, 0);
	text_clear(&p->mta.out);
	text_clear(&p->milter.out);
	free(p);
}
