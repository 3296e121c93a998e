/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_CHAIN_H
#define SIM_CHAIN_H

/*
 * chain - all filters of one SMTP session, asked one after another.
 *
 * The MTA's side of the milter protocol as a state machine.  The owner begins
 * an event (connect, MAIL, a whole message ...), then calls chain_work() after
 * everything that happens on a filter's socket and when chain_deadline() has
 * come, until it says that the event is settled and what came of it.
 *
 *	owner                          chain
 *	chain_begin(event)  ------->   packets into filter.out
 *	writes filter.out, reads into filter.in, chain_work() ...
 *	chain_work() true   <-------   chain.outcome
 *
 * Each filter is asked only if those before it had no objection.  After the
 * final dot a filter is sent header, body and end of message before the next
 * one is: that sees what the first has changed.  What an answer does at
 * each command, which packets end what, and the macros are the MTA's habits
 * (sim/profile/habits.h); nothing here knows which MTA it is.
 *
 * No sockets and no clock: the owner tells the time in milliseconds.  Pure but
 * for memory.
 */

#include "sim/filters/filter.h"
#include "sim/filters/message.h"
#include "sim/profile/outcome.h"

enum { FILTERS_MAX = 25 }; /* sendmail's MAXFILTERS */

/* What a session knows and filters may be told; the chain's view of the owner. */
struct chain_port {
	/* The value of a macro ("i", "{mail_addr}"); false when it has none. */
	bool (*macro)(void *self, struct slice name, struct slice *ret);
	/* Every packet, as it is queued or taken. */
	void (*packet)(void *self, size_t filter, enum direction to, char letter,
	    struct slice payload);
	/* Bytes of the filter that no packet begins with. */
	void (*bad_frame)(void *self, size_t filter, enum frame_status status);
	/* An answer stands before the command that will take it; its letter, or NUL. */
	void (*early)(void *self, size_t filter, char letter);
	/* What a person should know: what went wrong, what is made of a breach. */
	void (*note)(void *self, size_t filter, const char *text);
	void *self;
};

struct chain_event {
	enum moment moment;
	struct connect_packet connect; /* MOMENT_CONNECT */
	struct slice text;             /* HELO's name, the unknown command */
	struct slice path;             /* of MAIL and RCPT, as typed */
	struct slice args;             /* their parameters, each ends in NUL */
	bool refused;                  /* RCPT: the MTA itself refuses it */
	struct message *message;       /* MOMENT_MESSAGE */
};

struct chain {
	struct filter filter[FILTERS_MAX];
	size_t count;
	const struct habits *habits;
	struct chain_port port;
	struct slice added; /* names of macros for CONNECT, behind the habit's own */

	bool busy; /* an event is under way */
	struct chain_event event;
	struct outcome outcome;
	struct text reply; /* the bytes of outcome.reply */

	size_t at;             /* whose turn it is */
	enum packet_kind step; /* what was sent to it last; N_PACKETS: nothing yet */
	size_t place;          /* in the message: next field, or offset in the body */
	bool waiting;          /* for an answer to step */
	uint64_t now, deadline, eom_deadline; /* milliseconds; 0: none */
	bool greeted; /* HELO or EHLO was taken; the owner says so */
	bool mailed;  /* MAIL was asked about, and nothing has ended that yet */
	bool parted;  /* its new body, by something that is no piece of it */
	bool meeting; /* they negotiate; who the client is comes behind that */
	bool held;    /* the filter whose turn it is wants this message held */
	bool spoilt;  /* ... or will not have said yes to it, whatever it says */
};

void chain_init(struct chain *c, const struct filter_config *filters, size_t count,
    const struct habits *habits, struct chain_port port);
void chain_clear(struct chain *c);

/* MOMENT_CONNECT also connects and negotiates.  What the event borrows must stay. */
void chain_begin(struct chain *c, const struct chain_event *e, uint64_t now);

/* True when the event is settled: see outcome.  False: wait, then call again. */
bool chain_work(struct chain *c, uint64_t now);

/* When chain_work() must be called at the latest; 0: never. */
uint64_t chain_deadline(const struct chain *c);

/* The owner connected filter i, or could not. */
void chain_connected(struct chain *c, size_t i, bool ok, const char *why, uint64_t now);

/* The owner wrote some or all of filter i's `out` and took it off. */
void chain_sent(struct chain *c, size_t i, uint64_t now);

/*
 * Something is over: tells every filter what the MTA tells, as habits.endings
 * says.  Where those close, the owner sends what is queued and closes.
 */
void chain_end(struct chain *c, enum ending ending);

/* The MTA is gone: all connections close, nothing more is sent. */
void chain_die(struct chain *c);

#endif
