/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_CHECK_WATCH_H
#define SIM_CHECK_WATCH_H

/*
 * watch - what is seen of a milter beside the rules of the wire.
 *
 * The judge (wire/judge.h) knows order, letters and shapes, and a breach of its
 * rules fails any case.  Here are the rules of what packets hold: names and values
 * of fields, addresses and their parameters, indexes, lists of macros.  Each is
 * the rule of a case, and fails that case alone: a milter that writes one bad field
 * has one fault, not two hundred.
 *
 * And one that needs no knowledge of the milter: the same client, HELO and message
 * are answered in the same way, command by command, whatever came before or goes on
 * beside.  The first two of the same are the control, which a case plays as the first
 * message of two sessions: if even these are answered in two ways, the milter writes
 * something new each time, and nothing can be said of that answer.
 */

#include "sim/transcript/event.h"
#include "wire/dialogue.h"

enum {
	WATCH_CONNECTIONS = 101,
	WATCH_SAID = 512, /* different questions */
	WATCH_DUE = 64,   /* answers under way in a session */
	WATCH_RECIPIENTS = 64,
	WATCH_GATHERED = 256
};

struct watch_said {
	uint64_t asked;    /* hash: the message up to here, with its facts */
	uint64_t answered; /* hash: what came of it, the first time */
	unsigned alike;    /* times that the same came of it again */
	bool end, unsure;  /* the end of a message; the first two differ */
	struct text words; /* the first answer, for a person */
	bool later;        /* it puts off */
	/* All that was sent up to the question: what is of the client, and the message.
	 * Empty: not known. */
	struct text client, message;
};

/* One answer to a question, of several. */
struct watch_answer {
	uint64_t hash;
	unsigned long session;
	bool later; /* it puts off: TEMPFAIL, 4xx */
};

/* All answers to one question, in order. */
struct watch_gathered {
	uint64_t asked;
	struct watch_answer answer[WATCH_GATHERED];
	size_t n;
};

struct watch_due {
	uint64_t key; /* 0: nobody compares it */
	bool end, on; /* of the message; it may go on, and then nobody compares it */
};

/* Marks of watch_own.c that the milter was told, a bit for each. */
struct watch_own {
	unsigned client, helo, message;
	bool ahead, over; /* MAIL's macros came; the message has been ended */
};

struct watch_session {
	struct watch_own own;
	uint64_t connect, helo, message; /* hashes */
	struct optneg offer;
	struct terms terms;
	struct watch_due due[WATCH_DUE]; /* answers that are on their way, in order */
	size_t dues;
	uint64_t answered; /* to the first of them, so far */
	struct text words;
	struct text of_client, of_message; /* all that was sent; `inside` a message */
	bool inside;
	unsigned messages;
	uint64_t recipient[WATCH_RECIPIENTS]; /* hashes of paths */
	size_t recipients;
};

struct watch_state {
	const char *rule; /* the case's */
	struct text got;  /* the first packet that breaks it; empty: none */
	struct watch_session session[WATCH_CONNECTIONS];
	struct watch_said said[WATCH_SAID];
	size_t saids;
	const struct watch_said *differs; /* got another answer; NULL: none did */
	struct text other;                /* ... namely this */
	struct watch_answer other_answer;
	bool keeps;                      /* what is sent */
	unsigned most;                   /* messages of one session */
	struct watch_gathered *gathered; /* NULL: nobody asks */
};

/* `keeps`: what is sent as well, for neutral.h.  NULL: memory is out. */
struct watch_state *watch_new(const char *rule, bool keeps);
void watch_free(struct watch_state *w);

/* Every packet, in order. */
void watch_event(struct watch_state *w, const struct event *e);

/* Is there such a rule here, and does the packet break it? */
bool watch_breaks(
    const char *rule, const struct watch_session *s, const struct packet *p);

/* The same of the rules that a REPLYCODE alone can break. */
bool watch_reply_breaks(const char *rule, const struct packet *p);

/* A packet of the MTA; then: does one of the milter have a mark that was not told? */
void watch_own_told(struct watch_own *o, enum packet_kind k, struct slice bytes);
bool watch_own_breaks(const char *rule, const struct watch_own *o, struct slice bytes);

/* FNV-1a over bytes; h: of what came before them, 0: of nothing. */
uint64_t watch_hash(uint64_t h, struct slice s);

/* Of a path, with its brackets or without. */
uint64_t watch_recipient(struct slice path);

enum watch_same { SAME, SAME_NOT, SAME_UNKNOWN };

/*
 * Were equal questions answered alike?  NOT: *expected and *got have the answers.
 * UNKNOWN: no message ended three times, or even the first two did so differently.
 */
enum watch_same watch_same(
    const struct watch_state *w, struct text *expected, struct text *got);

#endif
