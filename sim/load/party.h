/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_LOAD_PARTY_H
#define SIM_LOAD_PARTY_H

/*
 * party - who takes part in a load: its senders and its recipients, what each must
 * get, and which messages have whom.
 *
 * The first sender is everybody's whose message has no other.  A recipient without a
 * share is one of those that are taken in turn; one with a share is put before them,
 * in that share of the messages.  Who is in the Nth message depends on N alone.
 * Pure.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/load/verdict.h"

enum { LOAD_PARTIES_MAX = 100, LOAD_SENDERS_MAX = 8 };

struct load_party {
	const char *address;    /* without brackets; "": the null sender */
	enum load_verdict must; /* LOAD_UNSAID: whatever its message must get */
	double share;           /* of the messages, 0 to 1; 0: see above */
};

struct load_parties {
	struct load_party from[LOAD_SENDERS_MAX], to[LOAD_PARTIES_MAX];
	size_t froms, tos;          /* froms: 1 at least; no tos: they are made up */
	unsigned least_to, most_to; /* recipients of a message */
};

/*
 * Does the Nth message, from 0, have what a share of them has?  Spread evenly: of any
 * row of n messages n times the share, or one more or less; of the first ones with
 * `phase` 0 just as many.  Shares of another phase fall on other messages.
 */
bool load_share_has(double share, unsigned phase, uint64_t n);

/* Of the Nth message; an index into `from`. */
size_t load_sender_of(const struct load_parties *p, uint64_t n);

/* How many recipients the Nth message has, and who its ith is. */
size_t load_rcpts_of(const struct load_parties *p, uint64_t n);
const struct load_party *load_rcpt_of(const struct load_parties *p, uint64_t n, size_t i);

/* How many different recipients there may be, and which of these the ith one is. */
size_t load_rcpts_all(const struct load_parties *p);
size_t load_rcpt_index(const struct load_parties *p, uint64_t n, size_t i);

/* What the sender of the Nth message says that it may get, as LOAD_MAY(); 0: nothing. */
unsigned load_sender_may(const struct load_parties *p, uint64_t n);

/* ... what all parties of it say. */
unsigned load_may_of(const struct load_parties *p, uint64_t n);

#endif
