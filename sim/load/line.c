/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/load/line_talk.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "wire/frame.h"

enum {
	READ_MAX = 64 * 1024,
	IN_MAX = 2 * (FRAME_HEAD + FRAME_PAYLOAD_1M),
	REPLY_MAX = 4000,
};

/* --- how it ends --- */

static void
close_line(struct line *l)
{
	loop_close(l->loop, &l->watch);
	(void)loop_set(l->loop, &l->timeout, 0);
	(void)loop_set(l->loop, &l->pause, 0);
	text_clear(&l->in);
	l->out = (struct outbox){ .parts = 0 };
}

void
line_fault(struct line *l, const char *what)
{
	struct text why = TEXT_INIT(1000);

	text_printf(&why, "%s", what);
	if (l->asked != NULL)
		text_printf(&why, ", where the answer to %s was due",
		    load_stage_names[l->asked->stage]);
	if (l->in_message)
		text_printf(&why, ", in message %llu", (unsigned long long)l->number + 1);
	close_line(l);
	l->owner->fault(l->owner->self, l, text_cstr(&why));
	text_clear(&why);
}

static void
timed_out(void *self)
{
	line_fault(self, ((struct line *)self)->connecting ? "no connection in time"
							   : "no answer in time");
}

/* --- going on --- */

static void
flush(struct line *l)
{
	if (!outbox_send(&l->out, l->watch.fd) && !l->quitting && l->asked == NULL)
		line_fault(l, "the connection was closed");
}

static void
watch_on(struct line *l)
{
	bool waits = l->asked != NULL || l->out.bytes != 0 || l->quitting;

	loop_want(l->loop, &l->watch,
	    (short)(POLLIN | (l->connecting || l->out.bytes != 0 ? POLLOUT : 0)));
	(void)loop_set(l->loop, &l->timeout,
	    waits || l->connecting ? loop_now(l->loop) + l->wish->timeout_ms : 0);
}

/* What has come, and what follows from it; false: something must happen first. */
static bool
exchange(struct line *l)
{
	bool greeted = l->asked == NULL; /* a server speaks before it is asked */

	while (l->asked != NULL && l->in.len != 0 && line_take_answer(l))
		continue;
	if (line_is_open(l) && l->asked == NULL && l->in.len != 0 && l->opened &&
	    !l->quitting)
		line_fault(l, "an answer came that nobody asked for");
	line_talk(l);
	if (line_is_open(l))
		flush(l);
	if (!line_is_open(l))
		return false;
	return (l->full && outbox_has_room(&l->out)) ||
	       (greeted && l->asked != NULL && l->in.len != 0);
}

static void
go_on(struct line *l)
{
	while (exchange(l))
		continue;
	if (!line_is_open(l))
		return;
	if (l->quitting && l->out.bytes == 0 && l->asked == NULL) {
		close_line(l);
		l->owner->closed(l->owner->self, l);
		return;
	}
	watch_on(l);
}

static void
resume(void *self)
{
	go_on(self);
}

/* False: the other side has closed. */
static bool
receive(struct line *l)
{
	char chunk[READ_MAX];
	ssize_t n = recv(l->watch.fd, chunk, sizeof chunk, 0);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return true;
	return n > 0 &&
	       text_append(&l->in, (struct slice){ chunk, (size_t)n }) == TEXT_OK;
}

static void
ready(void *self, short revents)
{
	struct line *l = self;

	if (l->connecting) {
		int error = socket_error(l->watch.fd);
		l->connecting = false;
		if (error != 0) {
			line_fault(l, strerror(error));
			return;
		}
	}
	if ((revents & (POLLIN | POLLHUP | POLLERR)) != 0 && !receive(l)) {
		if (!l->quitting) {
			line_fault(l, "the connection was closed");
			return;
		}
		l->asked = NULL;
		l->out = (struct outbox){ .parts = 0 };
	}
	go_on(l);
}

/* --- beginning and end --- */

void
line_init(struct line *l, struct loop *loop, const struct line_wish *wish,
    const struct line_owner *owner)
{
	*l = (struct line){
		.loop = loop,
		.wish = wish,
		.owner = owner,
		.watch = { .fd = -1, .ready = ready, .self = l },
		.timeout = { .fire = timed_out, .self = l },
		.pause = { .fire = resume, .self = l },
		.in = TEXT_INIT(IN_MAX),
		.reply = TEXT_INIT(REPLY_MAX),
	};
}

void
line_clear(struct line *l)
{
	close_line(l);
	text_clear(&l->reply);
}

bool
line_open(struct line *l)
{
	int fd = socket_connect(l->wish->address);

	l->opened = l->in_message = l->quitting = l->full = false;
	l->since = line_now_us();
	l->always = ANSWER_NONE;
	l->messages = 0;
	l->asked = NULL;
	l->terms = (struct terms){ 0 };
	line_rewind(l);
	if (fd == -1)
		return false;
	l->watch.fd = fd;
	l->connecting = true;
	if (!loop_watch(l->loop, &l->watch)) {
		(void)close(fd);
		l->watch.fd = -1;
		errno = ENOMEM;
		return false;
	}
	watch_on(l);
	return true;
}
