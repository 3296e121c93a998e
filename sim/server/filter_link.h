/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_FILTER_LINK_H
#define SIM_FILTER_LINK_H

/*
 * filter_link - the socket of one filter in one session.
 *
 * Joins a struct filter (its `in`, `out`, `eof`, `close`) to a connection: dials
 * when the filter is to be connected, sends what is queued, reads what there is
 * room for, closes when the filter says so.  What packets mean is the chain's.
 *
 * One thread.  Nothing is called after filter_link_close().
 */

#include "sim/filters/filter.h"
#include "sim/io/loop.h"

struct filter_link_owner {
	/*
	 * A non-blocking socket, connected or on its way; -1 with errno, *why may
	 * say more.  EAGAIN: the milter lives and is busy, it is dialled again.
	 */
	int (*dial)(void *self, size_t index, struct text *why);
	/* The connection stands, or `why` says why not. */
	void (*connected)(void *self, size_t index, bool ok, const char *why);
	/* Some of the filter's `out` was written. */
	void (*sent)(void *self, size_t index);
	/* Something happened that the session may be waiting for. */
	void (*work)(void *self);
};

struct filter_link {
	struct loop *loop;
	const struct filter_link_owner *owner;
	void *self; /* the owner's */
	struct filter *filter;
	size_t index;
	struct watch watch; /* fd -1: none */
	struct timer retry;
	bool connecting, dialled;
};

void filter_link_init(struct filter_link *k, struct loop *loop, struct filter *f,
    size_t index, const struct filter_link_owner *owner, void *self);
void filter_link_close(struct filter_link *k); /* safe to call twice */

/*
 * Reads what has come, but not for ever: what is left wakes the loop again.  A
 * filter that never stops talking would else keep all others waiting.
 */
void filter_link_read(struct filter_link *k);

enum moved {
	MOVED_NOTHING,
	MOVED_BYTES, /* some of `out` went */
	MOVED_STATE, /* connected, failed, or ended: who waits must look */
};
enum moved filter_link_move(struct filter_link *k);

/* What to wait for, by the filter's buffers as they are now. */
void filter_link_watch(struct filter_link *k);

#endif
