/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_VIRUS_OPINION_H
#define POLICY_VIRUS_OPINION_H

/*
 * opinion - another scanner, which is asked about a whole message: a port.
 *
 * A copy of the message is kept while it comes and judged at its end.  All
 * members may be called by many threads at once, for different copies.
 */

#include "policy/policy.h"
#include "policy/virus/clamd_answer.h"

enum opinion {
	OPINION_NONE, /* nobody can tell; the source has reported why */
	OPINION_CLEAN,
	OPINION_FOUND,
};

/* What was found, as the scanner calls it; printable ASCII. */
struct opinion_name {
	size_t len;
	char bytes[CLAMD_NAME_MAX];
};

/* What became of a message, for whoever counts. */
#define SECOND_OUTCOMES(X)                                                               \
	X(CLEAN, "clean")                                                                \
	X(FOUND, "found")                                                                \
	X(IGNORED, "ignored")     /* found, and on the list of what does not count */    \
	X(LIMITS, "limits")       /* the scanner gave up inside of it */                 \
	X(TOO_LARGE, "too_large") /* not asked: larger than max_size */                  \
	X(NO_HEADERS,                                                                    \
	    "no_headers") /* not asked: the connection is older than the rules */        \
	X(NO_OPINION, "no_opinion") /* asked, or to be asked, and nobody could tell */

#define OUTCOME_ENUM(id, name) SECOND_##id,
enum second_outcome { SECOND_OUTCOMES(OUTCOME_ENUM) N_SECOND_OUTCOMES };
#undef OUTCOME_ENUM

struct opinion_source {
	/* A new copy; NULL: cannot be, and the source has reported why. */
	void *(*begin)(void *self);

	/* Appends.  False: the copy is spoilt, only drop() may follow. */
	bool (*write)(void *copy, struct slice bytes);

	/* Asks; may take its time, and tells the MTA so.  FOUND: *ret is set. */
	enum opinion (*ask)(
	    void *copy, const struct progress *progress, struct opinion_name *ret);

	void (*drop)(void *copy);

	/* One message more with that outcome. */
	void (*count)(void *self, enum second_outcome outcome);
	void *self;
};

#endif
