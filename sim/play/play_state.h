/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PLAY_STATE_H
#define SIM_PLAY_STATE_H

/*
 * play_state - a transcript in motion, and what its files share: play.c has the
 * clock, the beginning and the ends, play_step.c the lines of a client; play_run.c holds
 * what comes against the transcript, survey.c writes it down.  Private to these.
 */

#include "sim/play/cast.h"
#include "sim/play/talk.h"
#include "sim/transcript/pattern.h"

struct play;

/* What a run and a survey do each in its own way. */
struct play_manner {
	/* A line is done, or (false) has to wait; by its kind. */
	bool (*const *does)(struct play *p, const struct step *s);
	void (*see)(struct play *p, const struct event *e);
	/* As cast_owner.packet; all that was seen, that too, goes to see() first. */
	const struct step *(*packet)(
	    struct play *p, const struct event *e, unsigned client);
	void (*left)(struct play *p, unsigned client, size_t filter, bool by_mta);
	/* How long a line may wait, and what then; NULL: behind the last one. */
	unsigned (*patience)(const struct play *p, const struct step *s);
	void (*late)(struct play *p, const struct step *s);
	/* All lines are done.  True: it is over; false: looked at again when poked. */
	bool (*finish)(struct play *p);
	unsigned shown; /* of a client's line that repeats, so often to see() */
};

struct play {
	const struct play_manner *manner;
	void *self; /* the manner's */
	const struct play_config *config;
	const struct transcript *t;
	struct play_result *result;
	struct loop *loop;
	struct variables variables;
	struct cast cast;
	struct talk *talk; /* t->connections */
	struct timer wake, deadline;
	size_t at;     /* the step that waits */
	unsigned done; /* repeats of it that are done */
	bool over;
	enum play_end end;
};

/* --- play.c --- */

/*
 * Its manner, config, t and result are set.  False: no memory, and it is over.
 * play_clear() in every case.
 */
bool play_begin(struct play *p);
/* Until it is over. */
void play_go(struct play *p);
void play_clear(struct play *p);

/* It is over: `expected` and `got` as printf would make them; NULL: nothing. */
void play_fail(struct play *p, enum play_end end, const char *expected, const char *got);

/* The step differs; `got` is in the transcript's words, escaped. */
void play_differs(struct play *p, const struct step *s, struct slice got);

/* see() of what went over an SMTP connection, or of words about it (EVENT_NOTE). */
void play_said(struct play *p, unsigned conn, enum event_what what, struct slice bytes);

/* Opens a connection unless it is open; false: it failed and is over. */
bool play_open(struct play *p, struct talk *k);

/* The step that waits is looked at again, soon; safe from any callback. */
void play_poke(struct play *p);

/* Goes on with the next step, soon. */
void play_skip(struct play *p);

/* --- play_step.c --- */

/* Does what can be done; false: it has to wait. */
bool play_step(struct play *p, const struct step *s);

struct talk *play_talk(struct play *p, const struct step *s);

/* The lines of a client. */
bool play_send_lines(struct play *p, const struct step *s);
bool play_send_bytes(struct play *p, const struct step *s);
bool play_hang_up(struct play *p, const struct step *s);

#endif
