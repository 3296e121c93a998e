/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PLAY_CAST_H
#define SIM_PLAY_CAST_H

/*
 * cast - who else is on the stage of a play: the server, and the milters.
 *
 * The server is one of our own on the same loop, or any at an address.  A milter is
 * a puppet that follows the script, or a real one to which our server connects;
 * where the server is not ours its MTA comes to the puppets through a door.  The Kth
 * call there belongs to the Kth client, and those beyond to the newest one: after
 * XCLIENT an MTA calls again.
 *
 * One thread.
 */

#include "sim/play/play.h"
#include "sim/play/umpire.h"
#include "sim/puppet/door.h"
#include "sim/puppet/player.h"

enum { CAST_CALLS_MAX = 200 }; /* that a milter elsewhere takes in one play */

/* None of these may clear the cast. */
struct cast_owner {
	/*
	 * A packet went to a milter, or came from a real one; `client` is the connection
	 * that it is about.  For a puppet: the step that it is, whose answers are the
	 * puppet's, or NULL.
	 */
	const struct step *(*packet)(void *self, const struct event *e, unsigned client);
	/*
	 * Calls at a door, notes, breaches (of our server, or of the MTA elsewhere), a
	 * puppet's answers.
	 */
	void (*told)(void *self, const struct event *e);
	/* A puppet's connection is over, by the MTA or by the script. */
	void (*left)(void *self, unsigned client, size_t filter, bool by_mta);
};

struct cast {
	const struct play_config *config;
	struct loop *loop;
	const struct cast_owner *owner;
	void *self; /* the owner's */
	struct server *server;
	struct player *puppets;
	struct player_observer observer;
	struct umpire *umpire; /* CAST_CALLS_MAX times milters, server elsewhere */
	unsigned *order;       /* the number of the Kth client */
	unsigned opened;
	unsigned calls[TRANSCRIPT_MILTERS]; /* at each door */
	struct door door[TRANSCRIPT_MILTERS];
};

/* PLAY_SAME: all are ready.  Else *why; cast_clear() in every case. */
enum play_end cast_begin(struct cast *c, const struct play_config *config,
    struct loop *loop, const struct cast_owner *owner, void *self, struct text *why);
void cast_clear(struct cast *c);

/*
 * A socket on which connection n (from 1) talks to the server, connected or on its
 * way (*ret_connecting); -1 with errno.
 */
int cast_dial(struct cast *c, unsigned n, bool *ret_connecting);

/* Has the MTA a puppet for that client's connection? */
bool cast_has_puppet(const struct cast *c, unsigned client, size_t filter);

/* Is this filter (from 0) a real milter? */
bool cast_real(const struct cast *c, size_t filter);

#endif
