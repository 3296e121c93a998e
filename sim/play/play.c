/* SPDX-License-Identifier: BSD-2-Clause */
/* Connections of a play, its clock, its beginning and end. */
#include "sim/play/play.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sim/play/play_state.h"
#include "wire/notation.h"

enum {
	TALK_IN_MAX = 4 * 1024 * 1024,
	TALK_OUT_MAX = 64 * 1024 * 1024,
	CLIENT_PORT = 40000, /* what our server is told: this and the connection */
	SPLIT_MS = 1,        /* between two C= lines, so that they arrive as two */
};

/* --- how it ends --- */

void
play_fail(struct play *p, enum play_end end, const char *expected, const char *got)
{
	struct play_result *r = p->result;

	if (p->over)
		return;
	p->over = true;
	p->end = end;
	if (expected != NULL)
		text_printf(&r->expected, "%s", expected);
	text_printf(&r->got, "%s", got);
	if (p->at < p->t->steps) {
		r->file = p->t->step[p->at].file;
		r->line = p->t->step[p->at].line;
	}
	loop_stop(p->loop);
}

void
play_differs(struct play *p, const struct step *s, struct slice got)
{
	struct text expected = TEXT_INIT(2000), shown = TEXT_INIT(2000);

	step_describe(s, &expected);
	text_printf(&shown, "%.*s", (int)got.len, got.ptr);
	play_fail(p, PLAY_DIFFERENT, text_cstr(&expected), text_cstr(&shown));
	text_clear(&expected);
	text_clear(&shown);
}

/* --- the SMTP connections --- */

static void
talk_send(struct talk *k)
{
	while (k->out.len > 0 && !k->connecting && k->watch.fd != -1) {
		ssize_t n = send(k->watch.fd, k->out.ptr, k->out.len, MSG_NOSIGNAL);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && errno != EAGAIN)
			k->out.len = 0; /* the server has gone: reading tells */
		if (n == -1)
			break;
		text_drop(&k->out, (size_t)n);
	}
	k->watch.events = (short)(POLLIN | (k->out.len > 0 ? POLLOUT : 0));
}

void
play_flush(struct talk *k)
{
	if (k->out.len > 0)
		talk_send(k);
}

static void
log_new_lines(struct talk *k)
{
	struct slice fresh = slice_from(text_slice(&k->in), k->logged);
	size_t end = slice_find_last(fresh, '\n');

	if (k->ended)
		end = fresh.len;
	else if (end == fresh.len)
		return;
	else
		end++;
	play_log_smtp(k->play, k->n, false, slice_first(fresh, end));
	k->logged += end;
}

static void
talk_receive(struct talk *k)
{
	char chunk[64 * 1024];
	ssize_t n = recv(k->watch.fd, chunk, sizeof chunk, 0);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0 && text_append(&k->in, (struct slice){ chunk, (size_t)n }) != TEXT_OK) {
		play_fail(k->play, PLAY_DIFFERENT, NULL, "the server says too much");
		return;
	}
	k->ended = n <= 0;
	log_new_lines(k);
	if (!k->ended)
		return;
	play_log_note(k->play, n == 0 ? "server closes" : "server resets");
	int fd = k->watch.fd;
	loop_unwatch(k->play->loop, &k->watch);
	(void)close(fd);
}

static void
talk_ready(void *self, short revents)
{
	struct talk *k = self;

	if (k->connecting) {
		int why = socket_error(k->watch.fd);
		if (why != 0) {
			play_fail(k->play, PLAY_UNREACHABLE, NULL, strerror(why));
			return;
		}
		k->connecting = false;
	}
	talk_send(k);
	if ((revents & (POLLIN | POLLHUP | POLLERR)) != 0)
		talk_receive(k);
	play_poke(k->play);
}

/* Our server is told of a client at a loopback address. */
static int
adopt_client(struct play *p, unsigned n)
{
	struct socket_address peer = { .length = sizeof(struct sockaddr_in) };
	struct sockaddr_in *in = (struct sockaddr_in *)&peer.storage;
	int pair[2];

	in->sin_family = AF_INET;
	in->sin_port = htons((uint16_t)(CLIENT_PORT + n));
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) ==
	    -1)
		return -1;
	p->order[p->opened++] = n;
	if (!server_adopt(p->server, pair[1], &peer)) {
		(void)close(pair[0]);
		errno = ENOMEM;
		return -1;
	}
	return pair[0];
}

static int
connect_client(struct play *p, unsigned n)
{
	int fd = socket_connect(p->config->server);

	if (fd != -1)
		p->order[p->opened++] = n;
	return fd;
}

bool
play_open(struct play *p, struct talk *k)
{
	if (k->opened)
		return true;
	k->opened = true;
	k->connecting = p->server == NULL;
	int fd = p->server != NULL ? adopt_client(p, k->n) : connect_client(p, k->n);
	k->watch.fd = fd;
	k->watch.events = (short)(POLLIN | (k->connecting ? POLLOUT : 0));
	if (fd != -1 && loop_watch(p->loop, &k->watch))
		return true;
	if (fd != -1)
		(void)close(fd);
	k->watch.fd = -1;
	play_fail(p, PLAY_UNREACHABLE, NULL, strerror(errno));
	return false;
}

/* --- the clock --- */

void
play_poke(struct play *p)
{
	if (!loop_set(p->loop, &p->wake, loop_now(p->loop)))
		play_fail(p, PLAY_UNREACHABLE, NULL, "out of memory");
}

static unsigned
patience(const struct play *p, const struct step *s)
{
	if (s->kind == STEP_SILENCE)
		return s->wait_ms;
	return p->config->timeout_ms != 0 ? p->config->timeout_ms : p->t->timeout_ms;
}

/* All steps are done: nobody may have said more than the transcript. */
static void
finish(struct play *p)
{
	for (unsigned i = 0; i < p->t->connections; i++) {
		struct talk *k = &p->talk[i];
		play_flush(k);
		if (k->in.len == 0)
			continue;
		struct text got = TEXT_INIT(1000);
		text_printf(&got, "S: ");
		text_append_escaped(&got, text_slice(&k->in), 400);
		play_fail(p, PLAY_DIFFERENT, "nothing more", text_cstr(&got));
		text_clear(&got);
	}
	p->over = true;
	loop_stop(p->loop);
}

/* Does steps until one has to wait. */
static void
advance(void *self)
{
	struct play *p = self;

	while (!p->over && p->at < p->t->steps) {
		const struct step *s = &p->t->step[p->at];
		unsigned done = p->done;
		bool went_on = play_step(p, s);
		if (p->over)
			return;
		if (went_on || p->done != done)
			(void)loop_set(p->loop, &p->deadline, 0);
		if (!went_on) {
			if (p->deadline.at == 0 &&
			    !loop_set(p->loop, &p->deadline,
				loop_now(p->loop) + patience(p, s)))
				play_fail(p, PLAY_UNREACHABLE, NULL, "out of memory");
			return;
		}
		p->at++;
		p->done = 0;
		if (s->kind == STEP_BYTES) {
			(void)loop_set(p->loop, &p->wake, loop_now(p->loop) + SPLIT_MS);
			return;
		}
	}
	if (!p->over)
		finish(p);
}

static void
too_late(void *self)
{
	struct play *p = self;

	if (!p->over && p->at < p->t->steps)
		play_timeout(p, &p->t->step[p->at]);
}

/* --- beginning and end --- */

static bool
begin(struct play *p)
{
	const struct transcript *t = p->t;
	unsigned n = t->connections;

	p->loop = loop_new();
	p->talk = calloc(n + 1, sizeof *p->talk);
	p->order = calloc(n + 1, sizeof *p->order);
	p->channel = calloc(n * (size_t)t->milters + 1, sizeof *p->channel);
	p->met = calloc(t->steps + 1, sizeof *p->met);
	if (p->loop == NULL || p->talk == NULL || p->order == NULL ||
	    p->channel == NULL || p->met == NULL)
		return false;
	for (unsigned i = 0; i < n; i++)
		p->talk[i] = (struct talk){
			.play = p,
			.n = i + 1,
			.watch = { .fd = -1, .ready = talk_ready, .self = &p->talk[i] },
			.in = TEXT_INIT(TALK_IN_MAX),
			.out = TEXT_INIT(TALK_OUT_MAX),
		};
	for (size_t i = 0; i < n * (size_t)t->milters; i++) {
		p->channel[i].last = (struct text)TEXT_INIT(2000);
		p->channel[i].passed = (struct text)TEXT_INIT(2000);
		p->channel[i].answering = t->steps;
	}
	p->wake = (struct timer){ .fire = advance, .self = p };
	p->deadline = (struct timer){ .fire = too_late, .self = p };
	return true;
}

static void
end(struct play *p)
{
	const struct transcript *t = p->t;

	server_free(p->server);
	while (p->players != NULL)
		player_free(p->players);
	play_milters_end(p);
	for (unsigned i = 0; p->talk != NULL && i < t->connections; i++) {
		if (p->talk[i].watch.fd != -1)
			(void)close(p->talk[i].watch.fd);
		text_clear(&p->talk[i].in);
		text_clear(&p->talk[i].out);
	}
	for (size_t i = 0; p->channel != NULL && i < t->connections * (size_t)t->milters;
	     i++) {
		text_clear(&p->channel[i].last);
		text_clear(&p->channel[i].passed);
	}
	loop_free(p->loop);
	free(p->talk);
	free(p->order);
	free(p->channel);
	free(p->met);
	variables_clear(&p->variables);
}

enum play_end
play_run(const struct play_config *config, struct play_result *r)
{
	struct play p = {
		.config = config,
		.t = config->transcript,
		.result = r,
		.end = PLAY_SAME,
	};

	variables_init(&p.variables);
	if (!begin(&p)) {
		text_printf(&r->got, "out of memory");
		p.end = PLAY_UNREACHABLE;
	} else if (play_milters_begin(&p)) {
		play_poke(&p);
		loop_run(p.loop);
	}
	end(&p);
	return p.end;
}

void
play_result_clear(struct play_result *r)
{
	text_clear(&r->expected);
	text_clear(&r->got);
	text_clear(&r->log);
	r->file = NULL;
	r->line = 0;
}
