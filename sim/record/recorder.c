/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/record/recorder.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "sim/record/proxy.h"
#include "sim/record/session_file.h"

enum { AGE_MS = 60 * 1000, ACCEPT_PAUSE_MS = 100 };

struct recorded { /* a connection */
	struct recorded *next, **here;
	struct recorder *recorder;
	struct proxy *proxy;
	struct session_file file;
};

struct recorder {
	struct loop *loop;
	const struct recorder_config *config;
	struct socket_address bound;
	struct shelf shelf;
	struct watch listener, probe;
	struct timer again, age;
	struct recorded *connections;
	struct recorder_counts counts;
	bool away, stopping, faulty;
	void (*ended)(void *self);
	void *ended_self;
};

static void
say(const struct recorder *r, const char *what, const char *why)
{
	struct text words = TEXT_INIT(600);

	text_printf(&words, "%s%s", what, why);
	r->config->say(r->config->self, text_cstr(&words));
	text_clear(&words);
}

/* --- listening --- */

static const char *
path_of(const struct recorder *r)
{
	const struct sockaddr_un *un = (const struct sockaddr_un *)&r->bound.storage;

	return un->sun_family == AF_UNIX ? un->sun_path : NULL;
}

static void
listen_no_more(struct recorder *r)
{
	if (r->listener.fd != -1 && path_of(r) != NULL)
		(void)unlink(path_of(r));
	loop_close(r->loop, &r->listener);
}

static bool
listen_again(struct recorder *r, const struct socket_address *a, struct text *why)
{
	r->listener.fd = socket_listen(a, &r->bound, why);
	if (r->listener.fd == -1)
		return false;
	r->listener.events = POLLIN;
	if (loop_watch(r->loop, &r->listener))
		return true;
	text_printf(why, "out of memory");
	(void)close(r->listener.fd);
	r->listener.fd = -1;
	return false;
}

static void
try_later(struct recorder *r, uint64_t ms)
{
	if (!loop_set(r->loop, &r->again, loop_now(r->loop) + ms))
		say(r, "out of memory", "");
}

/* An MTA is to find nobody, as it would without us. */
static void
go_away(struct recorder *r, int error)
{
	if (r->away)
		return;
	r->away = true;
	say(r, "the milter is not there, and so we are not: ", strerror(error));
	listen_no_more(r);
	try_later(r, RECORDER_TRY_MS);
}

static void
come_back(struct recorder *r)
{
	const struct socket_address here = r->bound;
	struct text why = TEXT_INIT(400);

	if (listen_again(r, &here, &why)) {
		r->away = false;
		say(r, "the milter is there again", "");
	} else {
		try_later(r, RECORDER_TRY_MS);
	}
	text_clear(&why);
}

static void
probed(void *self, short revents)
{
	struct recorder *r = self;
	bool there = socket_error(r->probe.fd) == 0;

	(void)revents;
	loop_close(r->loop, &r->probe);
	if (there && !r->stopping)
		come_back(r);
	else if (!r->stopping)
		try_later(r, RECORDER_TRY_MS);
}

static void
try_again(void *self)
{
	struct recorder *r = self;

	if (r->stopping)
		return;
	if (!r->away) {
		loop_want(r->loop, &r->listener, POLLIN);
		return;
	}
	r->probe.fd = socket_connect(&r->config->milter);
	r->probe.events = POLLOUT;
	if (r->probe.fd != -1 && loop_watch(r->loop, &r->probe))
		return;
	if (r->probe.fd != -1)
		(void)close(r->probe.fd);
	r->probe.fd = -1;
	try_later(r, RECORDER_TRY_MS);
}

/* --- connections --- */

/* Said once: from then on only mail goes through. */
static void
look_at_shelf(struct recorder *r)
{
	if (r->shelf.fault.len == 0 || r->faulty)
		return;
	r->faulty = true;
	say(r, "recording ends, mail goes on: ", text_cstr(&r->shelf.fault));
}

static void
passed(void *self, enum direction to, struct slice bytes)
{
	struct recorded *c = self;

	session_file_bytes(&c->file, to, bytes);
	look_at_shelf(c->recorder);
}

static void
noted(void *self, const char *what)
{
	struct recorded *c = self;

	session_file_note(&c->file, what);
}

static void
refused(void *self, int error)
{
	struct recorded *c = self;

	session_file_note(&c->file, "refused-by-milter");
	go_away(c->recorder, error);
}

static void
forget(struct recorded *c)
{
	struct recorder *r = c->recorder;

	session_file_end(&c->file);
	look_at_shelf(r);
	*c->here = c->next;
	if (c->next != NULL)
		c->next->here = c->here;
	free(c);
}

static void
ended(void *self)
{
	struct recorded *c = self;
	struct recorder *r = c->recorder;

	proxy_free(c->proxy);
	forget(c);
	if (r->stopping && r->connections == NULL && r->ended != NULL)
		r->ended(r->ended_self);
}

static void
take(struct recorder *r, int fd)
{
	struct recorded *c = calloc(1, sizeof *c);
	const struct proxy_observer observer = { passed, noted, refused, ended, c };

	if (c == NULL) {
		(void)close(fd);
		return;
	}
	c->recorder = r;
	session_file_begin(&c->file, &r->shelf, r->loop, r->config->redact);
	r->counts.connections++;
	r->counts.recorded += c->file.volume.fd != -1;
	c->next = r->connections;
	c->here = &r->connections;
	if (c->next != NULL)
		c->next->here = &c->next;
	r->connections = c;
	c->proxy = proxy_new(r->loop, fd, &r->config->milter, &observer);
	if (c->proxy == NULL)
		forget(c);
	look_at_shelf(r);
}

static void
mta_waits(void *self, short revents)
{
	struct recorder *r = self;
	struct socket_address peer;
	int fd = socket_accept(r->listener.fd, &peer);

	(void)revents;
	if (fd != -1) {
		take(r, fd);
		return;
	}
	if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED)
		return;
	loop_want(
	    r->loop, &r->listener, 0); /* no descriptors: those who wait are not lost */
	try_later(r, ACCEPT_PAUSE_MS);
}

/* --- beginning and end --- */

static void
grow_old(void *self)
{
	struct recorder *r = self;

	shelf_age(&r->shelf, time(NULL));
	look_at_shelf(r);
	(void)loop_set(r->loop, &r->age, loop_now(r->loop) + AGE_MS);
}

struct recorder *
recorder_new(struct loop *l, const struct recorder_config *config,
    struct socket_address *ret_bound, struct text *why)
{
	struct recorder *r = calloc(1, sizeof *r);

	if (r == NULL) {
		text_printf(why, "out of memory");
		return NULL;
	}
	r->loop = l;
	r->config = config;
	r->listener = (struct watch){ .fd = -1, .ready = mta_waits, .self = r };
	r->probe = (struct watch){ .fd = -1, .ready = probed, .self = r };
	r->again = (struct timer){ .fire = try_again, .self = r };
	r->age = (struct timer){ .fire = grow_old, .self = r };
	if (!shelf_open(&r->shelf, config->folder, config->limits, why) ||
	    !listen_again(r, &config->listen, why)) {
		recorder_free(r);
		return NULL;
	}
	grow_old(r);
	*ret_bound = r->bound;
	return r;
}

void
recorder_stop(struct recorder *r, void (*ended_fn)(void *self), void *self)
{
	r->stopping = true;
	r->ended = ended_fn;
	r->ended_self = self;
	listen_no_more(r);
	if (r->connections == NULL)
		ended_fn(self);
}

void
recorder_free(struct recorder *r)
{
	if (r == NULL)
		return;
	listen_no_more(r);
	loop_close(r->loop, &r->probe);
	(void)loop_set(r->loop, &r->again, 0);
	(void)loop_set(r->loop, &r->age, 0);
	while (r->connections != NULL) {
		proxy_free(r->connections->proxy);
		forget(r->connections);
	}
	shelf_close(&r->shelf);
	free(r);
}

struct recorder_counts
recorder_counts(const struct recorder *r)
{
	return r->counts;
}
