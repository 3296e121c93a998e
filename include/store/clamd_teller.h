/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_CLAMD_TELLER_H
#define STORE_CLAMD_TELLER_H

/*
 * clamd_teller - says why messages get no verdict: when it begins, when it is over.
 *
 * One for each thing that can be in trouble by itself: a server, the copies of
 * messages, the queue.  Thread-safe.
 */

#include "store/clamd_watch.h"
#include "store/told.h"

struct clamd_teller {
	const struct report *news; /* each call is a line: "trouble" or "up" */
	struct told told;
	struct report report; /* for layers that report: say() is ours */
};

/* Borrows `news`.  False when there is no lock to be had. */
bool clamd_teller_init(struct clamd_teller *t, const struct report *news);
void clamd_teller_clear(struct clamd_teller *t); /* a zeroed one, too */

/* `cause` is a fixed word; `text` says all and is escaped. */
void clamd_teller_trouble(struct clamd_teller *t, const char *cause, const char *text);

/* It went well; `what` begins the line: "unix:/a" for "unix:/a: verdicts again ...". */
void clamd_teller_over(struct clamd_teller *t, const char *what);

/* All that one list of servers needs; an index is that of clamd_watch. */
struct clamd_tellers {
	struct clamd_teller of_server[CLAMD_SERVERS_MAX], of_copies, of_queue, of_rules;
};

bool clamd_tellers_init(struct clamd_tellers *t, const struct report *news);
void clamd_tellers_clear(struct clamd_tellers *t); /* a zeroed one, too */

#endif
