/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PLAY_TALK_H
#define SIM_PLAY_TALK_H

/*
 * talk - one SMTP connection of a play, from the client's side.
 *
 * What is put into `out` goes when talk_flush() is called, so that lines that
 * follow each other leave in one write; what came waits in `in` until it is taken.
 * What it should have been is not this part's business.
 *
 * One thread.
 */

#include "base/text.h"
#include "sim/io/loop.h"

struct talk;

/* None of these may clear the talk. */
struct talk_owner {
	/* Whole lines that the server said, or its last words. */
	void (*said)(void *self, unsigned n, struct slice bytes);
	/* "server closes", "client closes" ... */
	void (*note)(void *self, unsigned n, const char *what);
	/* Something came, or the server closed. */
	void (*changed)(void *self);
	/* It could not be reached. */
	void (*unreachable)(void *self, const char *why);
	/* More came than is kept. */
	void (*too_much)(void *self);
};

struct talk {
	struct loop *loop;
	const struct talk_owner *owner;
	void *self; /* the owner's */
	unsigned n; /* from 1 */
	struct watch watch;
	struct text in, out;
	bool opened, connecting, ended; /* ended: the server closed */
	size_t told;                    /* bytes of `in` that the owner was told */
};

void talk_init(struct talk *k, unsigned n, struct loop *loop,
    const struct talk_owner *owner, void *self);
void talk_clear(struct talk *k); /* closes */

/* Takes a socket, connected or on its way.  False: memory is out, fd is closed. */
bool talk_open(struct talk *k, int fd, bool connecting);

void talk_flush(struct talk *k);

/* The next whole line, with its LF; false: not all of it has come. */
bool talk_line(const struct talk *k, struct slice *ret);

/* Takes n bytes off `in`. */
void talk_take(struct talk *k, size_t n);

/* Nothing more can come. */
bool talk_over(const struct talk *k);

enum talk_end { TALK_CLOSE, TALK_RESET, TALK_SHUTDOWN };
void talk_hang_up(struct talk *k, enum talk_end how);

#endif
