/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_MAILBOX_FIGURES_H
#define STORE_MAILBOX_FIGURES_H

/*
 * mailbox_figures - what is counted of look-ups, and how Prometheus is told.
 *
 * Since the process began; outlives all mailboxes.  Only ever grows.
 */

#include "base/metrics.h"
#include "store/look_up.h"

/* How a question about a mailbox was answered. */
#define ANSWER_WAYS(X)                                                                   \
	X(CACHED, "cached") /* from memory */                                            \
	X(FOUND, "found")   /* by a look-up */                                           \
	X(FAILED, "failed") /* the look-up ended without an answer */                    \
	X(LATE, "late")     /* not within time-limit */                                  \
	X(BUSY, "busy")     /* not looked up: too many hang */

#define ANSWER_ENUM(id, name) ANSWER_##id,
enum answer_way { ANSWER_WAYS(ANSWER_ENUM) N_ANSWER_WAYS };
#undef ANSWER_ENUM

struct mailbox_totals {
	atomic_ullong answers[N_LOOK_UP_KINDS][N_ANSWER_WAYS];
	struct histogram waited; /* for look-ups, without the cached answers */
};

void mailbox_count(struct mailbox_totals *t, enum look_up_kind kind, enum answer_way way);
void mailbox_totals_measure(struct mailbox_totals *t, struct text *to);

#endif
