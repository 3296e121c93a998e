/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_LOAD_LINE_H
#define SIM_LOAD_LINE_H

/*
 * line - one connection of a load, with one message after another on it.
 *
 * Units go into one write until one of them has an answer, as Postfix does it; the
 * answer decides what is next.  A dialect says what is sent at all, what has an
 * answer, and what an answer means: dialect_milter, dialect_smtp.
 *
 * Whatever breaks the dialogue (no answer in time, an answer that is none, the end
 * of the connection) is a fault: the owner is told once, and the line is over.
 * One thread.
 */

#include "sim/io/loop.h"
#include "sim/io/socket.h"
#include "sim/load/accounts.h"
#include "sim/load/mail.h"
#include "sim/load/outbox.h"
#include "wire/dialogue.h"

enum load_answer {
	ANSWER_NONE,     /* not all of it has come */
	ANSWER_PASSED,   /* one that settles nothing: a change, progress */
	ANSWER_GO,       /* the next unit */
	ANSWER_SKIP,     /* ... that is no body */
	ANSWER_ACCEPTED, /* the message, or all of them when nothing is under way */
	ANSWER_REFUSED,
	ANSWER_DEFERRED,
	ANSWER_DISCARDED,
	ANSWER_FAULT, /* *why says it */
};

struct line;

struct dialect {
	bool (*sends)(const struct line *l, const struct load_unit *u);
	bool (*answers)(const struct line *l, const struct load_unit *u);
	/*
	 * Takes the first answer off l->in.  With a refusal l->reply is its text, as
	 * the client hears it.
	 */
	enum load_answer (*take)(
	    struct line *l, const struct load_unit *asked, struct text *why);
};

extern const struct dialect dialect_milter, dialect_smtp;

struct line_owner {
	/*
	 * May another message begin?  *ret_number is its.  False: not now (it is
	 * asked again at *ret_at, in the loop's time), or never (*ret_at 0).
	 */
	bool (*next)(void *self, uint64_t *ret_number, uint64_t *ret_at);
	void (*settled)(void *self, const struct load_outcome *o);
	void (*settled_rcpt)(void *self, const struct load_rcpt_outcome *o);
	void (*took)(void *self, enum load_stage stage, uint64_t us);
	void (*fault)(void *self, struct line *l, const char *why);
	/* It is closed; it may be opened again from here. */
	void (*closed)(void *self, struct line *l);
	void *self;
};

struct line_wish {
	const struct socket_address *address;
	const struct dialect *dialect;
	const struct load_mail *mail;
	unsigned per_connection; /* messages; 0: no limit */
	unsigned pace_ms, timeout_ms;
};

struct line {
	struct loop *loop;
	const struct line_wish *wish;
	const struct line_owner *owner;
	struct watch watch;
	struct timer timeout, pause;
	struct text in, reply;
	struct outbox out;
	struct terms terms;
	bool connecting;

	/* What is said: script `script`, unit `unit` of it. */
	size_t script, unit;
	const struct load_unit *asked; /* its answer is due; NULL: none is */
	uint64_t since, begun;         /* of the answer, of the message, in us */
	const struct load_unit *paced; /* the pause before it is over */
	bool opened, in_message, skip_body, quitting;
	bool full;               /* `out` is: it must be sent before more is said */
	enum load_answer always; /* of all messages of this connection; NONE: as asked */

	uint64_t number;
	unsigned messages;                          /* on this connection */
	size_t rcpts, settled_rcpts, refused_rcpts; /* settled: these first ones */
	enum load_verdict rcpt_verdict;             /* of the last recipient refused */
};

void line_init(struct line *l, struct loop *loop, const struct line_wish *wish,
    const struct line_owner *owner);
void line_clear(struct line *l);

/* Connects.  False: errno. */
bool line_open(struct line *l);

static inline bool
line_is_open(const struct line *l)
{
	return l->watch.fd != -1;
}

#endif
