/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_RECORD_RECORDER_H
#define SIM_RECORD_RECORDER_H

/*
 * recorder - listens in a milter's place, hands on, and writes down.
 *
 * Each connection of an MTA is a proxy to the milter and a file on the shelf.  A
 * milter that cannot be connected to is not listened for either, until it is there
 * again: it is tried every RECORDER_TRY_MS.
 *
 * One thread: that of the loop.
 */

#include "sim/io/loop.h"
#include "sim/io/socket.h"
#include "sim/record/shelf.h"

enum { RECORDER_TRY_MS = 200 };

struct recorder_config {
	struct socket_address listen, milter;
	const char *folder;
	struct shelf_limits limits;
	bool redact;
	/* What a person should know: each is said once for each time it happens. */
	void (*say)(void *self, const char *words);
	void *self;
};

struct recorder;

/* NULL: *why.  *ret_bound has the port chosen.  The config must outlive it. */
struct recorder *recorder_new(struct loop *l, const struct recorder_config *config,
    struct socket_address *ret_bound, struct text *why);

/* Listens no more; `ended` is called when the last connection is over. */
void recorder_stop(struct recorder *r, void (*ended)(void *self), void *self);

/* Connections that are open are reset. */
void recorder_free(struct recorder *r);

struct recorder_counts {
	unsigned long connections, recorded;
};

struct recorder_counts recorder_counts(const struct recorder *r);

#endif
