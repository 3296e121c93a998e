/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_CLAMD_H
#define STORE_CLAMD_H

/*
 * clamd - the scanner behind the second stage of the virus policy.
 *
 * A message is kept in a spool and shown to the first server of the list that
 * answers; those known to be away come last.  So many messages are with clamd
 * at one time, the others wait in a queue; one limit covers the queue and all
 * servers, and the MTA is told meanwhile that we are at work.  What is not
 * exactly a verdict is none: the next server is asked, and after the last one
 * nobody has judged.
 *
 * A thread, the watch, asks each server for PING and VERSION at the start, every
 * `look_ms`, and soon after a message had trouble with it, and says when
 * something changes.  A message without a verdict is a line only where the one
 * before had a verdict, or none for another reason (store/told.h).  All calls
 * thread-safe.
 */

#include "policy/name_list.h"
#include "policy/virus/second.h"
#include "store/clamd_figures.h"

struct clamd_config {
	struct name_list servers;
	struct clamd_limits limits;
	unsigned sum_ms;  /* for one message: queue and all servers */
	unsigned look_ms; /* between two looks at a server */
	unsigned places;  /* messages with clamd at one time */
	bool by_descriptor;
	size_t memory;     /* bytes of a message kept without a file */
	const char *spool; /* folder for larger ones */
	struct clamd_totals *totals;
	const struct report *news; /* "up", "away", "trouble": each is a line */
};

struct clamd;

/*
 * Copies servers and spool; totals and news must outlive it.  Nothing is
 * connected yet.  NULL: *why says "what, what to do".
 */
struct clamd *clamd_new(const struct clamd_config *config, struct text *why);

/* The watch begins.  Once. */
void clamd_start(struct clamd *c);

/* The port of second_rules. */
struct opinion_source clamd_source(struct clamd *c);

/* For what the policy cannot judge: each cause is told once, while this clamd lives. */
const struct report *clamd_report(struct clamd *c);

/* Appends "clamd unix:/a, inet:3310@b". */
void clamd_announce(const struct clamd *c, struct text *line);

/* Appends the figures of the totals and of each server (base/metrics.h). */
void clamd_measure(const struct clamd *c, struct text *to);

/* Nobody asks any more. */
void clamd_close(struct clamd *c); /* takes NULL */

#endif
