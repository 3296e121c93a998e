/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PLAY_MILTER_LINE_H
#define SIM_PLAY_MILTER_LINE_H

/*
 * milter_line - one connection of a play with a milter, as the transcript sees it:
 * what was sent, what of the message came of it, what is owed, and which lines are
 * passed over because the milter does not want them any more.
 *
 * It knows no play.  Its milter is one at an address, or is played by a script at
 * the other end of a socketpair.
 */

#include "sim/io/socket.h"
#include "sim/play/milter_message.h"
#include "sim/play/mta_link.h"
#include "sim/puppet/player.h"
#include "sim/transcript/transcript.h"

/* Why the lines of a connection are passed over. */
enum pass {
	PASS_NOT,
	PASS_MASKED,  /* the milter does not want the last command */
	PASS_MESSAGE, /* it has done with this message */
	PASS_ALL,     /* it has done with this connection */
};

struct milter_line;

/* Who is told; neither of these may clear the line. */
struct milter_line_owner {
	/* An answer came, bytes went, or the connection ended. */
	void (*changed)(void *self, struct milter_line *l);
	/* A rule was broken, by either side. */
	void (*broke)(void *self, struct milter_line *l, const struct breach *b);
	void *self;
};

/* Where the milter is. */
struct milter_place {
	const struct socket_address *address; /* NULL: nowhere, `script` plays it */
	struct script script;
};

struct milter_line {
	const struct milter_line_owner *owner;
	struct mta_link link;
	struct mta_message message;
	enum packet_kind last; /* the command of the last M> line; N_PACKETS: none */
	enum pass pass;        /* ... was passed over */
	bool taken_away;       /* ... has no answer: NR_* */
	bool message_over, connection_over;
	bool told_421;           /* ... and is to close: so it may itself */
	bool quit, shut;         /* QUIT was sent; our half is shut */
	bool quit_answered;      /* ... was, and answers_quit pardons it */
	unsigned owed, answered; /* final answers, of commands sent */
	struct mta_link_owner hears;
	struct player *puppet;
	struct player_observer watches;
};

/* Not open yet.  `number`, from 1, is for events; `body_max` as mta_message_init(). */
void milter_line_init(struct milter_line *l, struct loop *loop, unsigned long number,
    size_t body_max, const struct milter_line_owner *owner,
    const struct event_sink *sink);
void milter_line_clear(struct milter_line *l); /* closes */

/* Connects unless it has; false: errno says why not. */
bool milter_line_open(struct milter_line *l, const struct milter_place *place);

/* Is this M> line passed over, and why?  The words are for a reader. */
enum pass milter_line_pass(const struct milter_line *l, const struct step *s);
const char *milter_line_pass_words(enum pass pass);

/* Nothing is known of what the milter wants before it has answered OPTNEG. */
bool milter_line_must_wait(const struct milter_line *l, const struct step *s);

/* The M> line was sent. */
void milter_line_remember(struct milter_line *l, const struct step *s);

/* An answer is on its way that R lines must not come before. */
bool milter_line_outstanding(const struct milter_line *l);

#endif
