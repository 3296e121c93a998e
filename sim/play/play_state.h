/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PLAY_STATE_H
#define SIM_PLAY_STATE_H

/* play_state - what the files of play share.  Private to play.c. */

#include "sim/play/play.h"
#include "sim/puppet/player.h"
#include "sim/transcript/pattern.h"

struct play;

/* One SMTP connection, from the client's side. */
struct talk {
	struct play *play;
	unsigned n; /* from 1 */
	struct watch watch;
	struct text in, out;
	bool opened, connecting, ended; /* ended: the server closed */
	size_t logged;                  /* bytes of `in` that the log has */
};

/* One milter on one connection. */
struct channel {
	struct player *player;     /* NULL: real, or over */
	unsigned since[N_PACKETS]; /* commands since the last M> line met */
	bool begun, ended;
	size_t answering;   /* step whose answer is due, of a real milter; steps: none */
	struct text last;   /* the last packet, for a person */
	struct text passed; /* changes that were not what is awaited, the same */
};

/* Where an MTA finds the played milters when the server is not ours. */
struct door {
	struct play *play;
	struct watch watch;
	int milter;
};

struct play {
	const struct play_config *config;
	const struct transcript *t;
	struct play_result *result;
	struct loop *loop;
	struct server *server;
	struct variables variables;
	struct talk *talk;       /* t->connections */
	struct channel *channel; /* connections times milters */
	unsigned *order;         /* the number of the Kth connection opened */
	unsigned opened;
	unsigned dialled[TRANSCRIPT_MILTERS];
	struct door door[TRANSCRIPT_MILTERS];
	struct player *players;
	struct player_observer observer;
	struct timer wake, deadline;
	size_t at;     /* the step that waits */
	unsigned done; /* repeats of it that are done */
	bool *met;     /* M> and M< steps that have come */
	bool over;
	enum play_end end;
};

/* The step that waits is looked at again, soon; safe from any callback. */
void play_poke(struct play *p);

/* It is over: `expected` and `got` as printf would make them; NULL: nothing. */
void play_fail(struct play *p, enum play_end end, const char *expected, const char *got);

/* The step differs; `got` is in the transcript's words, escaped. */
void play_differs(struct play *p, const struct step *s, struct slice got);

/* The same for what the server said. */
void play_said(struct play *p, const struct step *s, struct slice bytes);

/* Opens a connection unless it is open; false: it failed and is over. */
bool play_open(struct play *p, struct talk *k);
void play_flush(struct talk *k);

struct channel *play_channel(struct play *p, unsigned conn, int milter);

/* A packet went to a milter, played or real.  Where it is expected: its step. */
const struct step *play_packet(
    struct play *p, unsigned conn, int milter, char letter, struct slice payload);

/* A real milter answered. */
void play_answer(
    struct play *p, unsigned conn, int milter, char letter, struct slice payload);

/* The log, in lines of a transcript. */
void play_log(struct play *p, const struct event *e);
void play_log_smtp(struct play *p, unsigned conn, bool from_client, struct slice bytes);
void play_log_note(struct play *p, const char *what);

/* A rule was broken: a difference, unless the transcript allows it. */
void play_breach(struct play *p, const struct event *e);

/* The server and the milters; false: the play is over. */
bool play_milters_begin(struct play *p);
void play_milters_end(struct play *p);

/* Does what can be done; false: it has to wait. */
bool play_step(struct play *p, const struct step *s);

/* The time for the step that waits is over. */
void play_timeout(struct play *p, const struct step *s);

#endif
