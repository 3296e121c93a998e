/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PLAY_MTA_LINK_H
#define SIM_PLAY_MTA_LINK_H

/*
 * mta_link - one connection to a milter, seen from the MTA.
 *
 * Bytes go out as they are given, in one write or in pieces; whole packets are
 * cut from what comes, and wait in an inbox until somebody takes them.  Both
 * sides' packets are told to a sink and shown to a judge: a command at the
 * moment at which the milter has answered those before it, so that several in
 * one write are in order.
 *
 * Never more is kept than a packet of the size that was agreed and one read, and
 * as much again in the inbox: when that is full nothing more is read.
 */

#include "base/text.h"
#include "sim/io/loop.h"
#include "sim/transcript/event.h"
#include "wire/judge.h"

enum {
	LINK_READ = 16 * 1024,
	LINK_IN_MAX = FRAME_HEAD + FRAME_PAYLOAD_1M + LINK_READ,
	LINK_OUT_MAX = 64 * 1024 * 1024,
	LINK_GAP_MS = 1,     /* between two writes that must arrive as two */
	LINK_GAPS_MAX = 200, /* of one line; further pieces follow at once */
};

struct mta_link;

/* Who is told; none of these may free the link. */
struct mta_link_owner {
	/* An answer came and was judged; it is also in the inbox. */
	void (*replied)(void *self, struct mta_link *l, enum packet_kind kind,
	    char letter, struct slice payload);
	/* A packet is on its way to the milter, whole, as it will see it. */
	void (*sent)(void *self, struct mta_link *l, char letter, struct slice payload);
	/* A rule was broken, by either side. */
	void (*broke)(void *self, struct mta_link *l, const struct breach *b);
	/* Something else changed: connected, written, the milter closed. */
	void (*changed)(void *self, struct mta_link *l);
	void *self;
};

struct mta_link {
	struct loop *loop;
	const struct mta_link_owner *owner;
	const struct event_sink *sink;
	unsigned long number; /* for events, from 1 */
	int fd;               /* -1: none */
	struct watch watch;   /* leaves the loop when the milter has ended */
	struct timer pace;
	struct text in;    /* not yet a packet */
	struct text inbox; /* packets nobody took, framed */
	struct text out;
	size_t piece; /* of the bytes at the front of out; 0: all at once */
	unsigned gaps;
	struct text sent; /* written, not yet judged */
	size_t told;      /* of sent: told to the sink */
	struct judge judge;
	bool connecting, opened;
	bool ended;    /* the milter closed or reset */
	bool closed;   /* we did */
	bool unframed; /* we sent what no packet begins with */
	bool deaf;     /* its bytes cannot be cut into packets any more */
	int error;     /* errno of the connection, 0: none */
};

/* Nothing is open yet. */
void mta_link_init(struct mta_link *l, struct loop *loop, unsigned long number,
    const struct mta_link_owner *owner, const struct event_sink *sink);
void mta_link_clear(struct mta_link *l); /* closes */

/* Takes a socket that is connected, or on its way.  False: memory is out. */
bool mta_link_open(struct mta_link *l, int fd, bool connecting);

/*
 * Queues bytes.  With piece != 0 they, and all that was queued before, go out
 * in writes of at most so many bytes with a gap behind each.  False: too much.
 */
bool mta_link_queue(struct mta_link *l, struct slice bytes);
void mta_link_flush(struct mta_link *l, size_t piece);

/* All is written, and the gap behind it is over. */
bool mta_link_idle(const struct mta_link *l);

/* The packet that came first and was not taken; false: none. */
bool mta_link_next(const struct mta_link *l, struct frame *ret);
void mta_link_take(struct mta_link *l, const struct frame *f);

enum mta_link_close { LINK_CLOSE, LINK_RESET, LINK_SHUTDOWN };
void mta_link_end(struct mta_link *l, enum mta_link_close how);

#endif
