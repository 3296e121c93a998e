/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_SERVER_H
#define SIM_SERVER_H

/*
 * server - an ESMTP server with filters, inside this process.
 *
 * `milter-sim serve` is a command line around it; a test can start one on its
 * own loop, hand it one end of a socketpair as a client, dial filters as it
 * likes, and look at every line and packet through `sink`.
 *
 * The config and all it points to must outlive the server.  One thread: that of
 * the loop.
 */

#include <time.h>

#include "sim/filters/filter.h"
#include "sim/io/loop.h"
#include "sim/io/socket.h"
#include "sim/profile/profile.h"
#include "sim/server/deliver.h"
#include "sim/server/macro_given.h"
#include "sim/transcript/event.h"

struct server_config {
	const struct profile *profile;
	struct users users;    /* domain[0] is what we call ourselves */
	const char *announced; /* EHLO keywords; NULL: the profile's */
	uint64_t size_limit;   /* bytes of a message */
	bool announce_size;    /* SIZE is followed by size_limit */
	long text_line_max;    /* octets of a line of text; 0: none; -1: the profile's */
	bool verify;           /* VRFY tells */
	bool xclient;          /* clients of this machine may use XCLIENT */
	const struct macro_given *macro; /* what filters are told whatever is known */
	size_t macros;
	struct delivery delivery;
	const struct filter_config *filter; /* asked in this order */
	size_t filters;
	size_t sessions_max;    /* at once; one more hears 421 */
	size_t memory_max;      /* bytes of all messages together */
	long timeout_ms;        /* a client that says nothing */
	struct event_sink sink; /* every line, packet and breach, as it happens */
	/*
	 * Connects a session (from 1) to a filter: a non-blocking socket that is
	 * connected or on its way, or -1 with errno.  NULL: by filter[i].socket.
	 */
	int (*dial)(void *self, unsigned long session, size_t filter);
	/* The time of day, for dates and queue ids.  NULL: time(2). */
	time_t (*clock)(void *self);
	void *self;
};

struct server;

/* NULL: *why says what is wrong with the config, or that memory is out. */
struct server *server_new(
    struct loop *l, const struct server_config *config, struct text *why);

/* Ends all sessions where they stand. */
void server_free(struct server *s);

/* Listens on one more socket; *ret_bound has the port chosen.  False: *why. */
bool server_listen(struct server *s, struct slice name, struct socket_address *ret_bound,
    struct text *why);

/*
 * Takes a connected socket as a client; it is the server's now.  `peer` NULL:
 * whoever it is, filters are told of localhost.  False: memory is out, it is closed.
 */
bool server_adopt(struct server *s, int fd, const struct socket_address *peer);

/*
 * Listens no more; idle sessions hear 421, a message under way is finished.
 * `ended` is called when the last session is over, at once if there is none.
 */
void server_stop(struct server *s, void (*ended)(void *self), void *self);

struct server_counts {
	unsigned long sessions, messages, accepted, refused, deferred, quarantined,
	    discarded, breaches; /* rules that filters, or we, broke */
};

struct server_counts server_counts(const struct server *s);

#endif
