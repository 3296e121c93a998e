/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_SPAM_TARPIT_H
#define POLICY_SPAM_TARPIT_H

/*
 * tarpit - which client has been refused so often that it may wait.
 *
 * After `refusals` of one client within `window` each further one is delayed,
 * until it was not refused for a whole window.  Memory is fixed: TARPIT_CLIENTS
 * clients; when they are used up the one refused longest ago is forgotten,
 * which costs a delay and nothing else.  Pure: the caller brings the clock and
 * the lock (store/client_tarpit.h).
 */

#include <stdint.h>

#include "base/slice.h"

enum { TARPIT_CLIENTS = 4096, TARPIT_KEY = 8 };

struct tarpit_limits {
	unsigned refusals; /* 0: nobody is delayed */
	uint64_t window_ms;
	unsigned delay_ms;
};

/* One octet string that is the client: an address, or a network. */
struct tarpit_key {
	unsigned char bytes[TARPIT_KEY];
};

struct tarpit; /* about 130 kB */

struct tarpit *tarpit_new(void); /* NULL: no memory */
void tarpit_free(struct tarpit *t);

/* A client is refused at `now_ms` of any clock that never steps back: the delay. */
unsigned tarpit_refused(struct tarpit *t, const struct tarpit_limits *limits,
    struct tarpit_key client, uint64_t now_ms);

#endif
