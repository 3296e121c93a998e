/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_POLICY_H
#define POLICY_POLICY_H

/*
 * policy - the shape every decision has: a const struct of pure functions.
 *
 * Life of a message, as glue calls it:
 *
 *	begin -> mail -> rcpt... -> data -> header... -> eoh -> body... -> eom -> end
 *
 * A NULL member means "not interested": glue then asks the MTA not to send
 * that event at all.  Any verdict but CONTINUE ends the message (for rcpt:
 * REJECT and TEMPFAIL concern that recipient alone and the message goes on).
 * `end` is called once for every `begin` that did not return NULL, whatever
 * happened: verdict, ABORT, lost connection, next MAIL.  `eom` may be missing
 * before `end`, and any event may be missing before `eom` (an MTA may lack
 * it): a policy must give a safe answer then.
 *
 * Slices in events are valid only during the call.  One message is never
 * handled by two threads at once, but may move from thread to thread between
 * calls; `rules` is shared by all and const.
 */

#include "base/slice.h"
#include "policy/verdict.h"

/* Values of the MTA's macros, "i" or "{rcpt_addr}"; empty when it has none. */
struct macros {
	struct slice (*get)(const void *self, const char *name);
	const void *self;
};

static inline struct slice
macro(const struct macros *m, const char *name)
{
	return m != NULL && m->get != NULL ? m->get(m->self, name)
					   : (struct slice){ NULL, 0 };
}

/* What is known of the SMTP client; lives as long as the connection. */
struct client {
	struct slice name;    /* reverse look-up, or "[192.0.2.1]" */
	struct slice address; /* "192.0.2.1", "2001:db8::1", "" for a local one */
	struct slice helo;    /* "" before HELO; may change between messages */
	/* Its MTA takes one blank behind the colon off header values. */
	bool blank_taken;
	unsigned events; /* what its MTA was asked to send: ON_ bits */
};

struct envelope_event {           /* MAIL or RCPT */
	struct slice path;        /* the argument as typed: "<a@b>", "<>", "a@b" */
	const struct slice *args; /* ESMTP parameters as typed: "SIZE=100" */
	size_t nargs;
	struct macros macros;
};

/*
 * Tells the MTA that we are still at work, so that it waits on; false when it
 * is gone, and there is nobody left to work for.  NULL: nobody to tell.
 */
struct progress {
	bool (*tell)(const void *self);
	const void *self;
};

static inline bool
progress_tell(const struct progress *p)
{
	return p == NULL || p->tell == NULL || p->tell(p->self);
}

struct eom_event { /* the end of the message */
	struct macros macros;
	struct progress progress;
};

enum { /* events, as bits */
	ON_MAIL = 1 << 0,
	ON_RCPT = 1 << 1,
	ON_DATA = 1 << 2,
	ON_HEADER = 1 << 3,
	ON_EOH = 1 << 4,
	ON_BODY = 1 << 5,
};

struct policy {
	const char *name;

	/*
	 * Events on which this policy need not say anything but CONTINUE.  Where
	 * the MTA offers it, glue asks it not to wait for an answer there: a
	 * verdict is then lost, so a hit on such an event is remembered and given
	 * at the next loud one.  An older MTA gets the verdict at once.
	 */
	unsigned quiet;

	/*
	 * Header values, if they are asked for, with every leading blank
	 * (SMFIP_HDR_LEADSPC), where the MTA has that; else client.blank_taken is true.
	 */
	bool exact_headers;

	/*
	 * Events that these rules can do without although there is a member, as ON_
	 * bits: the MTA is not asked for them by a connection that is negotiated
	 * while they are in force.  Rules change, connections stay: client.events
	 * tells what a connection has.  NULL: none.
	 */
	unsigned (*spared)(const void *rules);

	/* Ask for HELO, so that client.helo is known. */
	bool wants_helo;

	/* See rejected recipients too (SMFIP_RCPT_REJ). */
	bool rejected_recipients;

	/*
	 * Macros wanted beside the MTA's defaults, space-separated, or NULL:
	 * for MAIL, RCPT and EOM.
	 */
	const char *mail_macros, *rcpt_macros, *eom_macros;

	/* What to answer when we cannot judge: no memory, events out of order. */
	struct verdict failure;

	void *(*begin)(const void *rules, const struct client *client);
	struct verdict (*mail)(void *msg, const struct envelope_event *ev);
	struct verdict (*rcpt)(void *msg, const struct envelope_event *ev);
	struct verdict (*data)(void *msg);
	struct verdict (*header)(void *msg, struct slice name, struct slice value);
	struct verdict (*eoh)(void *msg);
	struct verdict (*body)(void *msg, struct slice chunk);
	struct verdict (*eom)(void *msg, const struct eom_event *ev);

	/*
	 * Appends what the log line of a verdict should say beside queue id,
	 * client and number of recipients: "virus: 'X' from: 'Y'".  Asked for
	 * after every REJECT and TEMPFAIL, and after any verdict with a label;
	 * where it appends nothing, no line is logged.  Text from mail goes
	 * through text_append_escaped().  May be NULL.
	 */
	void (*describe)(const void *msg, struct text *line);

	void (*end)(void *msg);
};

#endif
