/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_FILTER_H
#define SIM_FILTER_H

/*
 * filter - one milter as the MTA sees it in one SMTP session.
 *
 * There is one connection per session, made before the greeting; after a fault
 * the filter stays out of the session, and its failure policy speaks for it.
 * Here is what one connection knows: state, negotiated bits, bytes in and out.
 * What is sent when is chain.h.  Pure but for memory.
 */

#include "base/text.h"
#include "sim/profile/profile.h"
#include "wire/codec.h"

/* What sendmail's F= says of a filter that is absent or fails. */
enum filter_policy {
	POLICY_IGNORE,     /* absent: as if it were not configured */
	POLICY_TEMPFAIL,   /* F=T */
	POLICY_REJECT,     /* F=R */
	POLICY_SHUTDOWN,   /* F=4 */
	POLICY_QUARANTINE, /* F=Q: Postfix's default_action=quarantine */
};

/* One --milter argument, read. */
struct filter_config {
	char *socket; /* sendmail's words: unix:/path, inet:port@host; owned */
	enum filter_policy policy;
	/* T=, in milliseconds; 0 means no limit. */
	long connect_ms, send_ms, read_ms, eom_ms;
};

/*
 * Reads 'S=unix:/run/v.sock, F=T, T=C:5m;S:10s;R:10s;E:5m': sendmail's words,
 * order and defaults (no F; C 5m, S 10s, R 10s, E 5m).  False: *why says what
 * is wrong.  filter_config_clear() in both cases.
 */
bool filter_config_parse(struct slice words, struct filter_config *ret, struct text *why);
void filter_config_clear(struct filter_config *f);

enum filter_state {
	FILTER_NEW,        /* not connected yet */
	FILTER_CONNECTING, /* the owner connects, see filter_connected() */
	FILTER_OPEN,       /* negotiated, no message */
	FILTER_IN_MESSAGE, /* answered `c` to MAIL, or was sent a message */
	FILTER_DONE,       /* wants no more of this message, or had its end */
	FILTER_OUT,        /* accepted the whole connection, or QUIT was sent */
	FILTER_OBJECTS,    /* refused the session, and says `verdict` to all of it */
	FILTER_FAILED,     /* its policy speaks for it */
};

enum {
	/* A modification may be as long as a frame; several may wait. */
	FILTER_IN_MAX = 4 * 1024 * 1024,
	/* Where nothing is answered, stop here until the milter has read. */
	FILTER_OUT_HIGH = 256 * 1024,
	FILTER_OUT_MAX = 2 * 1024 * 1024,
};

struct filter {
	const struct filter_config *config;
	enum filter_state state;
	struct text in, out;
	struct text kept; /* goes out before the next packet that is answered */
	/*
	 * An MTA reads more than it asked for, and that stays with the process that
	 * read it: so many bytes of `in`, and what another one keeps meanwhile.
	 */
	size_t buffered;
	struct text aside;
	bool apart;
	uint32_t version, actions, protocol;
	uint64_t unsent;                /* kinds that its version does not have */
	struct text macros[N_SYMLISTS]; /* from SETSYMLIST */
	bool listed[N_SYMLISTS];        /* SETSYMLIST named this stage, maybe empty */
	bool eof;                       /* the milter closed its side */
	bool close;                     /* the owner closes once `out` is sent */
	bool skip_body;                 /* SKIP was answered in this message */
	bool mute;                      /* it is told of the session's end alone */
	bool absent;                    /* it could not be connected to */
	bool early;                     /* it answered before it was asked */
	enum packet_kind skip;     /* none of these till another comes; CMD_OPTNEG: all */
	bool holds;                /* all mail of this session is to be held */
	bool misconfigured;        /* how it failed */
	bool unnoticed;            /* ... in the text, and nobody has asked it since */
	enum outcome_kind verdict; /* of one that objects; its words are in `words` */
	struct text words;
	enum standing standing; /* before what is under way */
	bool over;              /* DONE, and the transaction is over too */
};

void filter_init(struct filter *f, const struct filter_config *config);
void filter_clear(struct filter *f);

/* Sends nothing more and closes at once. */
void filter_abandon(struct filter *f);

/*
 * Takes the milter's OPTNEG.  False: *why says what the MTA would not have.
 */
bool filter_negotiated(
    struct filter *f, const struct offer *o, struct slice payload, struct text *why);

/* An answer of so many bytes at the head of `in` was taken. */
void filter_took(struct filter *f, size_t size);

/* Another process of the MTA speaks to it from here on; ... no more. */
void filter_set_apart(struct filter *f);
void filter_rejoin(struct filter *f);

/* Is this command one that the milter asked not to be sent?  ... not to answer? */
bool filter_masked(const struct filter *f, enum packet_kind kind);
bool filter_silent(const struct filter *f, enum packet_kind kind);

/* Where it stands, when something ends. */
enum standing filter_standing(const struct filter *f);

#endif
