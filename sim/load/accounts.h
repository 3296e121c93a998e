/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_LOAD_ACCOUNTS_H
#define SIM_LOAD_ACCOUNTS_H

/*
 * accounts - what came of each message, against what had to come of it.
 *
 * Nothing is lost between the numbers: a message is begun, and then either has one
 * verdict or is without one when the run breaks off.  Pure but for memory.
 */

#include "base/text.h"

enum load_verdict {
	LOAD_ACCEPTED,
	LOAD_REFUSED,  /* for good: 5yz */
	LOAD_DEFERRED, /* 4yz */
	LOAD_DISCARDED,
	N_LOAD_VERDICTS /* as an expectation: any */
};

/* "accepted"; the last is "any". */
extern const char *const load_verdict_names[N_LOAD_VERDICTS + 1];

struct accounts {
	enum load_verdict clean, worm; /* what a message must get */
	const char *reply;             /* NULL, or what one not accepted must be told */
	uint64_t begun, verdict[N_LOAD_VERDICTS], worms, wrong, bytes;
	uint64_t recipients, refused_recipients;
	uint64_t no_recipients[N_LOAD_VERDICTS]; /* messages whose recipients were all
						    refused */
	struct text examples; /* of wrong ones, a line each, the first few */
};

/* One message, as it went. */
struct load_outcome {
	uint64_t number; /* from 0 */
	size_t bytes;
	bool worm;
	enum load_verdict verdict;
	struct slice reply; /* "550 5.7.0 VIRUS FOUND", or empty */
};

void accounts_init(struct accounts *a);
void accounts_clear(struct accounts *a);

void accounts_settle(struct accounts *a, const struct load_outcome *o);

/* Messages that have their verdict. */
uint64_t accounts_settled(const struct accounts *a);

#endif
