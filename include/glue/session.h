/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GLUE_SESSION_H
#define GLUE_SESSION_H

/*
 * session - what glue keeps of one SMTP session, for which the MTA has one
 * connection to us: libmilter's "priv".
 *
 * Debian's libmilter moves a connection from thread to thread between two
 * callbacks, so nothing is kept in threads and no lock is held from one
 * callback to the next.  A session has at most one message at a time.  Every
 * function takes NULL for the session: libmilter calls close and abort for
 * connections that never negotiated.  Private to milter.c.
 */

#include <libmilter/mfapi.h>

#include "base/text.h"
#include "glue/service.h"

struct session {
	unsigned long steps; /* SMFIP_* in force */
	struct text client_name, client_address, helo;
	struct client client; /* borrows from the three above */

	void *msg; /* the policy's message, or NULL */
	struct snapshot *rules;
	bool flowing;       /* its content has begun to come */
	long long asked_us; /* when the event came that is being answered */
	size_t accepted;    /* recipients that this policy did not refuse */

	/* Why there is no message when an event comes: a COUNT_FAILED_... */
	enum count cause;
};

/* `events` (ON_ bits) were asked for with `steps` (SMFIP_ bits). */
struct session *session_new(unsigned long steps, unsigned events);
void session_free(struct session *s);

/* Ends the message before, if any, and begins one; false when it cannot. */
bool session_begin(struct session *s, SMFICTX *ctx);

/*
 * Content of the message has come.  From here to its end it is worth waiting
 * for before a stop; a message that only has an envelope is not: the client
 * may take its time over the text, and after RSET sendmail sends no ABORT to a
 * filter that does not answer MAIL.
 */
void session_flow(struct session *s);

/* Ends the message, if any: the policy frees it, its rules are let go. */
void session_end(struct session *s);

void session_set_helo(struct session *s, struct slice helo);

/*
 * " nrcpt=N", how many recipients the message has: from the MTA, else as
 * counted; nothing where neither is known, since no event is asked for a log.
 */
void session_append_nrcpt(const struct session *s, SMFICTX *ctx, struct text *line);

/* Ports for policies: the MTA's macros, and its patience, through libmilter. */
struct macros session_macros(SMFICTX *ctx);
struct progress session_progress(SMFICTX *ctx);

#endif
