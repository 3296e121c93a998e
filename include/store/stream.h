/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_STREAM_H
#define STORE_STREAM_H

/*
 * stream - a connection to a server that may be away, slow or silent.
 *
 * Descriptors are non-blocking, and every wait has its end: a deadline on the
 * monotonic clock.  Whoever waits for us, an MTA at the end of a message, is
 * told every PROGRESS_MS that we are still at work; when it is gone, so is the
 * reason to wait.  Thread-safe.
 */

#include <stdbool.h>
#include <sys/socket.h>

#include "policy/policy.h"

enum { PROGRESS_MS = 2000 }; /* an MTA waits for ten seconds at the very least */

struct patience {
	long long until_ms;              /* monotonic_ms() */
	const struct progress *progress; /* NULL: nobody waits for us */
	long long tell_at_ms;
};

/* `limit_ms` from now, telling `progress`, which may be NULL. */
struct patience patience_begin(unsigned limit_ms, const struct progress *progress);

/*
 * How long to wait before the next look, in milliseconds: tells the MTA when it
 * is time to.  0: no longer; errno is ETIMEDOUT, or ECANCELED when the MTA is
 * gone.
 */
int patience_left(struct patience *p);

/*
 * Waits until the descriptor is ready for one of `events`, those of poll(2).
 * Those it is ready for; 0: errno says why not, as patience_left() does.
 */
short stream_wait(int fd, short events, struct patience *p);

/* A connected descriptor, or -1 and errno. */
int stream_connect(
    int family, const struct sockaddr *to, socklen_t len, struct patience *p);

#endif
