/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/play/replay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "sim/play/replay_state.h"

enum { STOP_LOOK_MS = 100 };

/* --- one connection --- */

static void
go_on(struct replay *r)
{
	size_t before = r->at;

	if (r->link.error != 0 && r->link.ended && r->at == 0) {
		replay_fail(r, REPLAY_UNREACHABLE, strerror(r->link.error));
		return;
	}
	bool written;
	do { /* what waits for all to be written may go on behind that */
		while (!r->over && !r->link.connecting && replay_step(r))
			;
		if (r->over)
			return;
		written = r->link.out.len > 0;
		mta_link_flush(&r->link, 0);
	} while (written && mta_link_idle(&r->link));
	if ((r->at != before || r->late.at == 0) &&
	    !loop_set(r->loop, &r->late, loop_now(r->loop) + r->config->answer_ms))
		replay_fail(r, REPLAY_ERROR, "out of memory");
}

static void
too_late(void *self)
{
	struct replay *r = self;

	if (r->link.connecting)
		replay_fail(r, REPLAY_UNREACHABLE, "no connection in time");
	else
		replay_late(r);
}

static void
look_for_stop(void *self)
{
	struct replay *r = self;

	if (r->config->stop != NULL && r->config->stop(r->config->self))
		replay_finish(r, REPLAY_STOPPED);
	else if (!loop_set(r->loop, &r->stop, loop_now(r->loop) + STOP_LOOK_MS))
		replay_fail(r, REPLAY_ERROR, "out of memory");
}

static void
changed(void *self, struct mta_link *l)
{
	(void)l;
	go_on(self);
}

static void
replied(void *self, struct mta_link *l, enum packet_kind kind, char letter,
    struct slice payload)
{
	(void)self, (void)l, (void)kind, (void)letter, (void)payload;
}

static void
sent(void *self, struct mta_link *l, char letter, struct slice payload)
{
	(void)self, (void)l, (void)letter, (void)payload;
}

static void
broke(void *self, struct mta_link *l, const struct breach *b)
{
	(void)self, (void)l, (void)b;
}

static enum replay_end
play_connection(
    const struct replay_config *config, unsigned long conn, struct replay_outcome *o)
{
	static const struct event_sink nobody;
	struct replay r = { .config = config, .o = o, .conn = conn, .loop = loop_new() };
	const struct mta_link_owner owner = { replied, sent, broke, changed, &r };

	text_clear(&o->around);
	if (r.loop == NULL) {
		text_printf(&o->got, "out of memory");
		return REPLAY_ERROR;
	}
	r.late = (struct timer){ .fire = too_late, .self = &r };
	r.stop = (struct timer){ .fire = look_for_stop, .self = &r };
	mta_link_init(&r.link, r.loop, 1, &owner, &nobody);
	int fd = socket_connect(config->address);
	if (fd == -1)
		replay_fail(&r, REPLAY_UNREACHABLE, strerror(errno));
	else if (!mta_link_open(&r.link, fd, true))
		replay_fail(&r, REPLAY_ERROR, "out of memory");
	else
		look_for_stop(&r);
	if (!r.over) {
		go_on(&r);
		loop_run(r.loop);
	}
	mta_link_clear(&r.link);
	loop_free(r.loop);
	return r.end;
}

/* --- all of them --- */

struct played {
	unsigned long *conn;
	size_t count, room;
};

/* The latest first: a recording has its connections one after the other, or nearly. */
static bool
was_played(const struct played *p, unsigned long conn)
{
	size_t i = p->count;

	while (i > 0 && p->conn[i - 1] != conn)
		i--;
	return i > 0;
}

static enum replay_end
play_next(const struct replay_config *config, struct played *p, unsigned long conn,
    struct replay_outcome *o)
{
	if (!array_room(&p->conn, p->count, &p->room, sizeof *p->conn)) {
		text_printf(&o->got, "out of memory");
		return REPLAY_ERROR;
	}
	p->conn[p->count++] = conn;
	o->connections++;
	return play_connection(config, conn, o);
}

enum replay_end
replay(const struct replay_config *config, struct replay_outcome *o)
{
	enum replay_end end = REPLAY_SAME;
	struct played played = { .count = 0 };

	for (size_t i = 0; i < config->recording->events && end == REPLAY_SAME; i++) {
		const struct event *e = &config->recording->event[i].e;
		/* A milter was there where a packet is. */
		if (e->what == EVENT_PACKET && e->filter == config->filter &&
		    !was_played(&played, e->conn))
			end = play_next(config, &played, e->conn, o);
	}
	free(played.conn);
	return end;
}

void
replay_outcome_clear(struct replay_outcome *o)
{
	text_clear(&o->expected);
	text_clear(&o->got);
	text_clear(&o->around);
}
