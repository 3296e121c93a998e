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
 * And one that needs no knowledge of the milter: the same message is answered in
 * the same way, whatever came before it or goes on beside it (`mod/same`).  The
 * first two of the same message are the control: if even these are answered in two
 * ways, the milter writes something new each time, and nothing can be said.
 */

#include "sim/transcript/event.h"

enum { WATCH_CONNECTIONS = 101, WATCH_MESSAGES = 64, WATCH_RECIPIENTS = 64 };

struct watch_said {
	uint64_t asked,
	    answered;      /* hashes: the message with its facts; what came of it */
	struct text words; /* the answers, for a person */
};

struct watch_session {
	uint64_t connect, helo, message; /* hashes */
	bool ending;                     /* BODYEOB is not answered yet */
	struct watch_said said;
	uint64_t recipient[WATCH_RECIPIENTS]; /* hashes of paths */
	size_t recipients;
};

struct watch_state {
	const char *rule; /* the case's */
	struct text got;  /* the first packet that breaks it; empty: none */
	struct watch_session session[WATCH_CONNECTIONS];
	struct watch_said message[WATCH_MESSAGES];
	size_t messages;
};

/* NULL: memory is out. */
struct watch_state *watch_new(const char *rule);
void watch_free(struct watch_state *w);

/* Every packet, in order. */
void watch_event(struct watch_state *w, const struct event *e);

/* Is there such a rule here? */
bool watch_knows(const char *rule);

enum watch_same { SAME, SAME_NOT, SAME_UNKNOWN };

/*
 * Were equal messages answered alike?  UNKNOWN: fewer than three ended, or the
 * first two differ.  NOT: *expected and *got have the answers.
 */
enum watch_same watch_same(
    const struct watch_state *w, struct text *expected, struct text *got);

#endif
