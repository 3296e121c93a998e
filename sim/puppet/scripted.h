/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_SCRIPTED_H
#define SIM_SCRIPTED_H

/*
 * scripted - a milter that answers as it was told, as a pure state machine.
 *
 * One per connection.  Give it each packet with scripted_packet(), then take
 * what it wants done with scripted_next() until there is nothing more, waiting
 * where it says so.  Which bytes come and when is up to the caller: a socket, a
 * transcript, a test.
 *
 * Needs the rules as long as it lives.  One thread at a time.
 */

#include "sim/transcript/script.h"
#include "wire/codec.h"
#include "wire/dialogue.h"

struct script { /* rules that somebody else owns */
	const struct rule *rule;
	size_t count;
};

/* What to do next. */
struct effect {
	enum act act;
	struct slice bytes; /* ACT_SEND; valid until the next call */
	unsigned wait_ms;
};

struct scripted {
	struct script script;
	int milter; /* which of the script's milters it is */
	struct terms terms;
	unsigned seen[N_PACKETS]; /* commands of this connection */
	/* Where we are in the answer to the last packet. */
	enum packet_kind command;
	const struct action *told; /* an answer given by the caller instead of rules */
	size_t told_count;
	size_t at;
	bool settled;
	struct text answer; /* the default one */
};

void scripted_init(struct scripted *s, struct script script, int milter);
void scripted_clear(struct scripted *s);

/*
 * Takes a packet.  `told`: n actions that answer it in place of the rules; they
 * must live until scripted_next() has said that there is nothing more.  A
 * packet of no known letter has no answer.
 */
void scripted_packet(struct scripted *s, char letter, struct slice payload,
    const struct action *told, size_t n);

/* The next thing to do; false: nothing more, ready for a packet. */
bool scripted_next(struct scripted *s, struct effect *ret);

#endif
