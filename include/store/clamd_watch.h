/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_CLAMD_WATCH_H
#define STORE_CLAMD_WATCH_H

/*
 * clamd_watch - a thread that looks after a list of clamds.
 *
 * It asks each for PING and VERSION at the start, every `look_ms`, and soon after
 * a message had trouble; it alone says whether one is there, and tells each
 * change.  A look may take its time, so the watch outlives whoever closes it.
 */

#include "base/report.h"
#include "store/clamd_server.h"

enum { CLAMD_SERVERS_MAX = 16 };

struct clamd_watch {
	/* Set before the start, constant then. */
	struct clamd_server server[CLAMD_SERVERS_MAX];
	size_t servers;
	struct clamd_limits limits;
	unsigned look_ms;
	const struct report *news; /* "up", "away"; "trouble": no thread */

	pthread_mutex_t lock; /* of the rest, which is the watch's own */
	pthread_cond_t wake;
	unsigned users; /* the owner and the thread; the last one frees */
	bool closing, asked;
};

/* No servers yet.  NULL when memory is out. */
struct clamd_watch *clamd_watch_new(
    const struct clamd_limits *limits, unsigned look_ms, const struct report *news);

/* The thread begins; that there is none to be had is told.  Once. */
void clamd_watch_start(struct clamd_watch *w);

/* A message had trouble: look soon. */
void clamd_watch_ask(struct clamd_watch *w);

/* Frees it, when the thread has ended. */
void clamd_watch_close(struct clamd_watch *w); /* takes NULL */

#endif
