/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_LOGGER_LOGGER_H
#define POLICY_LOGGER_LOGGER_H

/*
 * logger - which messages are copied, and what a copy consists of.
 *
 * At MAIL one question is asked: is the switch on?  If not, ACCEPT, and the
 * message costs nothing more.  If it is, this message is captured to its end,
 * whatever becomes of the switch meanwhile.  At DATA (or the first event after
 * the envelope) the selection decides; whoever is not selected gets ACCEPT.
 * Headers and body go to the archive as they come, and `eom` makes the copy
 * durable before it says CONTINUE: an MTA that answers 250 has a copy kept.
 * A message that never reaches `eom` leaves nothing behind, or, if asked for,
 * a copy marked as aborted.
 *
 * Trouble never costs mail unless `tempfail` is set: the message passes, and
 * the archive has told its report what is wrong.
 *
 * Pure: the switch, the time and the archive are ports.  logger_policy fits
 * glue's rules: one message is one thread's at a time, the rules are shared.
 */

#include "policy/logger/selection.h"
#include "policy/policy.h"

/* Envelope and surroundings of a message, in the order in which they came. */
enum logger_fact_kind {
	FACT_CLIENT_NAME,
	FACT_CLIENT_ADDRESS,
	FACT_HELO,
	FACT_SENDER,         /* MAIL's path as typed */
	FACT_SENDER_ARG,     /* one ESMTP parameter of MAIL */
	FACT_AUTH_USER,      /* {auth_authen} */
	FACT_AUTH_MECHANISM, /* {auth_type} */
	FACT_TLS_VERSION,    /* {tls_version} */
	FACT_TLS_CIPHER,     /* {cipher} */
	FACT_TLS_SUBJECT,    /* {cert_subject} */
	FACT_RCPT,           /* RCPT's path; begins a recipient */
	FACT_RCPT_REJECTED,  /* for the last FACT_RCPT: the MTA refused it */
	FACT_RCPT_ARG,       /* for the last FACT_RCPT */
	FACT_RCPT_MAILER,    /* {rcpt_mailer}, likewise */
	FACT_RCPT_HOST,      /* {rcpt_host}; a refused one's enhanced code */
	FACT_RCPT_ADDRESS,   /* {rcpt_addr}; a refused one's reply */
	FACT_QUEUE_ID,       /* macro i */
};

struct logger_fact {
	enum logger_fact_kind kind;
	struct slice value;
};

enum logger_status {
	LOGGER_TAKEN,   /* came to its end; this milter said CONTINUE */
	LOGGER_ABORTED, /* refused, reset or lost before its end */
};

enum logger_cut {
	LOGGER_COMPLETE,
	LOGGER_CUT_HEADERS, /* only the headers were wanted */
	LOGGER_CUT_BODY,    /* only the first bytes of the body were wanted */
	LOGGER_CUT_ABORTED, /* the rest never came */
};

/* What the archive is told of a message beside its bytes; borrowed. */
struct logger_record {
	const struct logger_fact *fact;
	size_t nfacts;
	bool facts_cut;     /* more envelope than LOGGER_FACTS_MAX: the rest is missing */
	long long received; /* when MAIL came, seconds since 1970 */
	enum logger_status status;
	enum logger_cut cut;
	unsigned long long header_bytes; /* stored, with the empty line */
	unsigned long long body_bytes;   /* stored */
	unsigned long long body_seen;    /* sent by the client */
};

enum {
	/* 1,000 recipients at their longest (RFC 5321 4.5.3.1), four times over. */
	LOGGER_FACTS_MAX = 4 << 20,
};

/* Ports.  All may be called by many threads at once, for different messages. */

struct logger_switch {
	bool (*is_on)(void *self);
	void *self;
};

struct logger_clock {
	long long (*now)(void *self); /* seconds since 1970 */
	void *self;
};

struct logger_archive {
	/* A new copy; NULL: cannot be, and the archive has reported why. */
	void *(*begin)(void *self);

	/* Appends.  False: the copy is spoilt, only abort() may follow. */
	bool (*write)(void *copy, struct slice bytes);

	/*
	 * Makes the copy durable under its final name and frees it; false: no
	 * file is left under a final name, and the copy is freed all the same.
	 */
	bool (*commit)(void *copy, const struct logger_record *record);

	/* Leaves nothing behind and frees the copy. */
	void (*abort)(void *copy);
	void *self;
};

enum logger_keep { LOGGER_KEEP_ALL, LOGGER_KEEP_HEADERS, LOGGER_KEEP_FIRST };

struct logger_rules {
	struct logger_switch on;
	struct logger_clock clock;
	struct logger_archive archive;
	const struct selection *selection; /* NULL: everybody's mail */
	struct address_habits habits;
	enum logger_keep keep;
	unsigned long long first_bytes; /* of the body, for LOGGER_KEEP_FIRST */
	bool tempfail;                  /* 451 in place of passing without a copy */
	bool keep_aborted;
};

extern const struct policy logger_policy;

#endif
