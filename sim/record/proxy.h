/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_RECORD_PROXY_H
#define SIM_RECORD_PROXY_H

/*
 * proxy - one connection of an MTA to a milter, handed on byte by byte.
 *
 * Each side sees of the other what it would see without us: bytes, the end of one
 * direction (FIN), a reset.  Nothing is ever said in the milter's place.  Who does
 * not read is not read for: a direction holds PROXY_HELD bytes at most.
 *
 * One thread; `ended` is called once, from the loop, and may free the proxy.
 */

#include "sim/io/loop.h"
#include "sim/io/socket.h"
#include "sim/transcript/event.h"

enum { PROXY_HELD = 64 * 1024 };

struct proxy_observer {
	/* Bytes that came, before they are handed on. */
	void (*passed)(void *self, enum direction to, struct slice bytes);
	/* A side is at its end: "eof-from-mta", "reset-by-milter" ... */
	void (*noted)(void *self, const char *what);
	/* The milter could not be connected to: errno. */
	void (*refused)(void *self, int error);
	void (*ended)(void *self);
	void *self;
};

/* What goes to one side, and where it comes from. */
struct pipe_end {
	struct proxy *proxy;
	struct watch watch;
	struct text out; /* to be sent to it */
	bool ended;      /* it says nothing more */
	bool told;       /* ... and the other side knows */
	bool deaf;       /* nothing can be sent to it any more */
	bool gone;       /* it closed, both directions */
	bool reset;      /* ... or it reset the connection */
};

struct proxy {
	struct loop *loop;
	struct proxy_observer observer;
	struct socket_address milter_address;
	struct pipe_end mta, milter;
	struct timer retry;
	bool connecting;
};

/*
 * Takes the MTA's connection and dials the milter.  NULL: memory is out, fd is
 * reset.
 */
struct proxy *proxy_new(struct loop *l, int fd, const struct socket_address *milter,
    const struct proxy_observer *observer);

/* Resets what is open, without a call of `ended`. */
void proxy_free(struct proxy *p);

#endif
