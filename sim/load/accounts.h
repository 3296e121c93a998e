/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_LOAD_ACCOUNTS_H
#define SIM_LOAD_ACCOUNTS_H

/*
 * accounts - what came of each message, against what had to come of it.
 *
 * Nothing is lost between the numbers: a message is begun, and then either has one
 * verdict or is without one when the run breaks off.  Recipients are counted and
 * judged beside that: one refused in place of another is wrong, though the message
 * goes through.  Pure but for memory.
 */

#include "base/text.h"
#include "sim/load/party.h"

/* How often somebody who was named took part, and what came of it. */
struct load_tally {
	uint64_t count, verdict[N_LOAD_VERDICTS];
};

struct accounts {
	enum load_verdict clean, worm; /* what a message must get */
	const char *reply;             /* NULL, or what one not accepted must be told */
	uint64_t begun, verdict[N_LOAD_VERDICTS], worms, wrong, bytes;
	uint64_t recipients, refused_recipients, wrong_recipients;
	uint64_t no_recipients[N_LOAD_VERDICTS]; /* messages whose recipients were all
						    refused */
	struct load_tally from[LOAD_SENDERS_MAX], to[LOAD_PARTIES_MAX];
	struct text examples; /* of wrong ones, a line each, the first few */
};

/* One message, as it went. */
struct load_outcome {
	uint64_t number; /* from 0 */
	size_t bytes;
	bool worm;
	enum load_verdict verdict;
	struct slice reply; /* "550 5.7.0 VIRUS FOUND", or empty */
	size_t sender;      /* which one */
	bool no_recipients; /* each of them was refused */
	unsigned may;       /* what its parties say that it may get; 0: nothing */
};

/* One recipient of it. */
struct load_rcpt_outcome {
	uint64_t number;
	const struct load_party *who;
	size_t index; /* of `who`; LOAD_PARTIES_MAX: one made up */
	enum load_verdict verdict;
	struct slice reply;
	unsigned sender_may; /* what the message's sender must get; 0: nothing said */
};

void accounts_init(struct accounts *a);
void accounts_clear(struct accounts *a);

void accounts_settle(struct accounts *a, const struct load_outcome *o);

void accounts_settle_rcpt(struct accounts *a, const struct load_rcpt_outcome *o);

/* Messages that have their verdict. */
uint64_t accounts_settled(const struct accounts *a);

#endif
