/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_SMTP_H
#define SIM_SMTP_H

/*
 * smtp - the server's side of an SMTP session (RFC 5321) as a state machine.
 *
 * Bytes go in with smtp_feed().  smtp_next() works on them until it either
 * wants more or has a question that somebody else decides: may this sender,
 * this recipient, this message?  The owner answers with smtp_answer(), at once
 * or much later, and calls smtp_next() again.  While a question is open no
 * further command is looked at.  What the client is to be told collects in
 * `out`; the owner sends it and empties it.
 *
 * Pure but for memory: no socket, no clock.  Syntax, order of commands and all
 * limits are settled here; words come from the profile.
 */

#include "base/text.h"
#include "sim/profile/profile.h"
#include "sim/smtp/command.h"
#include "sim/smtp/data.h"
#include "sim/smtp/mailbox.h"
#include "sim/smtp/xclient.h"

enum {
	RCPT_MAX = 1000,          /* RFC 5321 4.5.3.1.8: at least 100; then 452 */
	SMTP_IN_MAX = 128 * 1024, /* bytes a client may be ahead of us */
	SMTP_OUT_MAX = 1024 * 1024,
	SMTP_OUT_WAITING = 4096, /* more never waits for the next command */
};

/* Bytes that all sessions together hold in messages. */
struct budget {
	size_t used, most;
};

/* No disk has room for more, should a client declare it; our limit counts later. */
#define SPACE_MAX (UINT64_C(16) << 30)

struct smtp_config {
	const struct profile *profile;
	struct slice host;      /* what we call ourselves */
	struct slice announced; /* EHLO keywords, blank-separated */
	uint64_t size_limit;    /* bytes of a message, always enforced */
	bool announce_size;     /* SIZE is followed by the limit */
	size_t text_line_max;   /* octets with CRLF; 0: no limit */
	/*
	 * What VRFY says of a word: true and *ret filled, or false.  NULL: off.
	 */
	bool (*verify)(void *self, struct slice word, struct text *ret);
	/* ... and of a path that is taken; true: another host has to know. */
	bool (*look_up)(void *self, struct slice path, bool expand, struct text *ret);
	struct mailbox_site site; /* whose domains are ours */
	/* Is mail for it taken?  NULL: every path is. */
	bool (*mailbox)(void *self, struct slice path);
	/* The path that this one means, maybe in *room.  NULL: itself. */
	struct slice (*meant)(void *self, struct slice path, struct text *room);
	void *self;
};

enum smtp_ask {
	SMTP_INPUT,        /* no question: feed more bytes */
	SMTP_HELO,         /* name */
	SMTP_MAIL,         /* envelope */
	SMTP_RCPT,         /* envelope */
	SMTP_RCPT_REFUSED, /* envelope: no such user, whatever the answer is */
	SMTP_DATA,
	SMTP_MESSAGE,      /* message */
	SMTP_MESSAGE_LOST, /* the text was refused; reply is made, answer ignored */
	SMTP_RSET,         /* a transaction ends without a message */
	SMTP_UNKNOWN,      /* name: the whole line */
	SMTP_XCLIENT,      /* name: its attributes; smtp_renew() or smtp_bad_xclient() */
	SMTP_OTHER,        /* one that only a filter's standing objection answers */
	SMTP_CLOSE,        /* send `out`, then close; not to be answered */
};

/* A piece of the text (RFC 3030, BDAT), and what became of those before it. */
struct chunk {
	uint64_t size, left;
	bool last;
	bool asked; /* filters are asked about DATA because of it */
	bool skip;  /* it was refused, and is read all the same */
	enum { CHUNKS_NONE, CHUNKS_TAKEN, CHUNKS_LOST } before;
};

struct smtp {
	const struct smtp_config *config;
	struct budget *budget;
	struct text in, out;
	size_t scanned; /* bytes of `in` known to hold no LF */
	struct text helo;
	struct text line; /* the command line the question is about */

	/* The question. */
	enum smtp_ask ask;
	struct slice name;        /* HELO's argument, or an unknown command */
	struct envelope envelope; /* of MAIL or RCPT; borrows from `line` */
	struct text message;      /* dots undone, CRLF lines */
	struct text read;         /* envelope.path, where profile.reads_paths */
	bool esmtp;               /* the last greeting was EHLO */
	bool extended;            /* ... or one before it, where that stays so */
	bool mail_esmtp;          /* ... when this transaction began */

	/* What the owner tells for the words: not owned. */
	struct slice sender; /* the path of MAIL */
	struct slice client, client_host, client_resolve, queue_id, date;

	bool closing, in_data, swallowing, greeted;
	bool transaction; /* MAIL was taken and its message is not settled */
	size_t rcpts;     /* accepted in this transaction */
	/* Words of VRFY and EXPN since the last transaction ended. */
	unsigned long verified;
	unsigned long looked_up; /* ... that are mailboxes, in lists of paths */
	unsigned unnamed;        /* MAILs of this envelope, and no HELO before them */
	bool again;              /* HELO came once more */
	bool ahead;              /* something stood behind this line when it was read */
	bool low;                /* the text is of seven bits: MAIL said so */
	unsigned errors;
	unsigned junk_count; /* since the last message */
	struct data data;
	struct chunk chunk;
	struct text chunk_reply; /* waits for the end of a chunk that is not taken */
	size_t charged;          /* what this session has taken from the budget */
	bool no_storage;
	struct slice parameter; /* of `line`, the one that is wrong */
	uint64_t size;          /* what MAIL declared */
	struct text author;     /* ... and AUTH= of it */
	bool authored;
	unsigned given;   /* rules of parameters that stick, a bit each */
	bool began;       /* a command was looked at */
	bool asked;       /* SMTP_OTHER has been answered, of this line */
	bool junk;        /* this line is one of those that bring no mail */
	bool may_xclient; /* the owner says: this client may use XCLIENT */
	bool shortly;     /* EHLO lists what a refused session may do */
	bool utf8;        /* MAIL said SMTPUTF8, where that is known */
	bool bare;        /* the text had a bare CR or LF, which ends the session */
	/* What MAIL, RCPT and DATA hear once a filter refused CONNECT or HELO. */
	struct text refused;
	struct text refused_mail; /* ... or MAIL alone */
};

/* False when memory is out.  `config` and `budget` must outlive it. */
void smtp_init(struct smtp *s, const struct smtp_config *config, struct budget *budget);
void smtp_clear(struct smtp *s);

/* The 220, or what the filters' answer to CONNECT makes of it. */
void smtp_greet(struct smtp *s, const struct outcome *o);

/* False when the client is further ahead than SMTP_IN_MAX. */
bool smtp_feed(struct smtp *s, struct slice bytes);

/* How many bytes smtp_feed() would take. */
size_t smtp_room(const struct smtp *s);

enum smtp_ask smtp_next(struct smtp *s);

/* Does `out` wait, as a command is at work, or there already? */
bool smtp_waits(const struct smtp *s);

/* Did a filter refuse CONNECT or HELO, so that later commands hear of it? */
bool smtp_refused(const struct smtp *s);

/* Answers the open question. */
void smtp_answer(struct smtp *s, const struct outcome *o);

/* What smtp_renew() is told; all empty: a client that has said nothing yet. */
struct smtp_newcomer {
	struct slice helo; /* HELO was said already */
	bool esmtp;
};

/*
 * Answers SMTP_XCLIENT: the session is as new, and the greeting is to be said.  Or
 * what is wrong with an attribute.
 */
void smtp_renew(struct smtp *s, const struct smtp_newcomer *n);
void smtp_bad_xclient(
    struct smtp *s, enum xclient_status status, const struct xclient_attribute *a);

/* Answers SMTP_MESSAGE by words of our own: it was not taken. */
void smtp_answer_failed(struct smtp *s, enum say what);
void smtp_answer_line(struct smtp *s, struct slice line); /* ... with its CRLF */

/* A reply to the open question, appended to *out and not said. */
void smtp_would_say(
    const struct smtp *s, enum say what, struct slice word, struct text *out);

struct smtp_given {
	size_t size;      /* bytes of the list, as far as it was read */
	unsigned faults;  /* what is wrong with it */
	bool good;        /* it is an address all the same */
	struct text path; /* ... this one */
};

/* The first address of a list, which no client gave; `delimiter` parts them, NUL: all of
 * it is one.  In *said stands what was wrong last, if anything was. */
void smtp_read_given(struct smtp *s, bool mail, struct slice list, char delimiter,
    struct text *said, struct smtp_given *g);

/*
 * Are these a verb's parameters, as the client would have to give them?  False:
 * what would be said of them is appended to *said, and to nothing else.
 */
bool smtp_parameters_fine(
    struct smtp *s, enum verb verb, struct slice words, struct text *said);

/* The client is gone inside the text.  False: that is not said aloud. */
bool smtp_lost(struct smtp *s);

/* No word more, then SMTP_CLOSE. */
void smtp_die(struct smtp *s);

/* One last line (SAY_TIMEOUT, SAY_STOPPING ...), then SMTP_CLOSE. */
void smtp_end(struct smtp *s, enum say what);

#endif
