/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GLUE_COUNTERS_H
#define GLUE_COUNTERS_H

/*
 * counters - what the process has done since it began.
 *
 * Totals only ever grow, so that whoever reads them (the summary line, a file
 * of metrics) takes nothing from another reader.  Single ones are atomics;
 * labels, which are rare, share a lock.  All calls thread-safe.
 *
 * A label is a name that a verdict bears: a signature, an entry of a list.
 * There are at most LABELS_MAX; beyond, the rarest of those that were not seen
 * since the last summary line joins "other", and so does what finds no place.
 */

#include <time.h>

#include "base/metrics.h"
#include "base/text.h"
#include "policy/verdict.h"

enum { LABELS_MAX = 1000 };

/* What is counted once for the process, and its name. */
#define COUNTS(X)                                                                        \
	X(SESSIONS, "sessions")                 /* negotiated */                         \
	X(SESSIONS_REFUSED, "sessions_refused") /* no memory, or about to stop */        \
	X(MESSAGES, "messages")                 /* begun with MAIL */                    \
	X(DELAYED, "delayed")                   /* answers held back on purpose */       \
	X(FAILED_MEMORY, "failed_memory")       /* not judged: no memory */              \
	X(FAILED_STOPPING, "failed_stopping")   /* not judged: about to stop */          \
	X(FAILED_NO_MAIL, "failed_no_mail")     /* not judged: MAIL never came */        \
	X(RELOADS, "reloads")                                                            \
	X(RELOADS_FAILED, "reloads_failed")

/* The events on which a policy may be asked for a verdict. */
#define COUNTED_EVENTS(X)                                                                \
	X(MAIL, "mail")                                                                  \
	X(RCPT, "rcpt")                                                                  \
	X(DATA, "data")                                                                  \
	X(HEADER, "header")                                                              \
	X(EOH, "eoh")                                                                    \
	X(BODY, "body")                                                                  \
	X(EOM, "eom")

#define COUNT_ENUM(id, name) COUNT_##id,
#define EVENT_ENUM(id, name) EVENT_##id,
enum count { COUNTS(COUNT_ENUM) N_COUNTS };
enum counted_event { COUNTED_EVENTS(EVENT_ENUM) N_COUNTED_EVENTS };
enum { N_COUNTED_VERDICTS = VERDICT_TEMPFAIL + 1 };
#undef COUNT_ENUM
#undef EVENT_ENUM

/* All of them at one moment; `verdict` holds answers that the MTA was given. */
struct totals {
	const char *policy;
	unsigned long long count[N_COUNTS];
	unsigned long long verdict[N_COUNTED_EVENTS][N_COUNTED_VERDICTS];
	unsigned long long other_labels;
};

struct counters;

/* `policy` must outlive it.  NULL when memory is out. */
struct counters *counters_new(const char *policy);
/* For tests, which look for leaks: a daemon ends with its counters.  Takes NULL. */
void counters_free(struct counters *c);

void counters_add(struct counters *c, enum count which);
void counters_verdict(struct counters *c, enum counted_event on, enum verdict_kind kind);
void counters_label(struct counters *c, struct slice label);

/* An answer was ready so long after its event came. */
void counters_answered(struct counters *c, long long microseconds);
struct histogram *counters_answers(struct counters *c);

void counters_read(struct counters *c, struct totals *ret);

/* Calls `each` for every label, in no order, under the lock: it must not count. */
void counters_each_label(struct counters *c,
    void (*each)(void *self, const char *label, unsigned long long total), void *self);

/* "messages" of COUNT_MESSAGES; "rcpt" of EVENT_RCPT. */
const char *count_name(enum count which);
const char *counted_event_name(enum counted_event on);

/*
 * Appends the paper's summary line for the time since the last call, in local
 * time, most frequent label first:
 *
 *	Nov 23 15:04: 12345 messages  KLEZ.H=3 SOBIG.B=1
 *
 * Each count is told once, however many threads count meanwhile.  For one
 * caller only: it marks what it told.
 */
void counters_summary(struct counters *c, time_t now, struct text *line);

#endif
