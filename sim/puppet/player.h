/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PLAYER_H
#define SIM_PLAYER_H

/*
 * player - a scripted milter on a socket.
 *
 * Reads packets from a non-blocking socket, lets a struct scripted say what is
 * to be done, and does it: sends, waits, closes.  While it acts or waits it
 * reads nothing more, as a milter in one thread would not.  After `hang` it
 * goes on reading and says nothing.
 *
 * Everything is told to the sink in the order in which it happens, the connection
 * being `conn` and the filter the script's milter.  Nobody may free the player from
 * inside a call but `ended`.
 */

#include "sim/io/loop.h"
#include "sim/puppet/scripted.h"
#include "sim/transcript/event.h"

struct player;

struct player_observer {
	/*
	 * A packet came, and was told.  NULL: only the rules answer.  May point *told at
	 * *n actions that answer it in place of the rules; they must outlive the player.
	 */
	void (*heard)(void *self, struct player *p, char letter, struct slice payload,
	    const struct action **told, size_t *n);
	/* The connection is over; the player is the observer's to free. */
	void (*ended)(void *self, struct player *p);
	void *self;
	/* Packets, and notes: "eof-from-mta", "closed-by-milter", "sleep 300ms", "hang".
	 */
	struct event_sink sink;
};

struct player {
	struct loop *loop;
	const struct player_observer *observer;
	struct watch watch;
	struct timer timer;
	struct scripted scripted;
	struct text in, out;
	long conn;       /* from 1 */
	unsigned client; /* the owner's: whom the MTA serves with it */
	bool acting;     /* in the middle of an answer */
	bool hung;
	bool closing;                /* close when `out` is sent */
	bool reset;                  /* ... with a RST */
	bool mta_ended;              /* EOF came from the other side */
	struct player *next, **here; /* the owner's list */
};

/* Puts the player in front of its owner's list; player_free() takes it off. */
void player_join(struct player *p, struct player **list);

/* Takes over fd.  NULL: memory is out, and fd is closed. */
struct player *player_new(struct loop *l, int fd, struct script script, int milter,
    long conn, const struct player_observer *observer);

/* Closes without calling `ended`. */
void player_free(struct player *p);

#endif
