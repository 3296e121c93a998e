/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_FACTS_H
#define SIM_FACTS_H

/*
 * facts - what is known of a session, and what an MTA makes macros of it.
 *
 * The server fills in the facts as they become known; a profile has a table
 * of macros, each with the fact behind it, when it begins to have a value, and
 * the form it has.  Nothing else is ever told to a filter.  Pure.
 */

#include "base/text.h"

/* Broken-down UTC; who has the clock makes it. */
struct stamp {
	int year, month, day, hour, minute, second; /* 2003, 1 to 12, 1 to 31 ... */
	int weekday;                                /* 0: Sunday */
};

/* When a macro has a value. */
enum since {
	SINCE_CONNECT,
	SINCE_MAIL,
	SINCE_RCPT,
	SINCE_RCPT_TAKEN, /* a recipient before this one was taken */
	SINCE_MESSAGE,    /* the text is there */
	BEFORE_TEXT,      /* up to DATA */
	IN_ENVELOPE,      /* MAIL to DATA */
	AT_RCPT,          /* at RCPT alone */
	AT_RCPT_FAR,      /* ... of another domain, which is taken */
	AT_RCPT_DIRECT,   /* ... a program or a file, which is not */
	AT_DATA,          /* ... at DATA */
};

/* How the client's name was found. */
enum resolve { RESOLVE_OK, RESOLVE_FAIL, RESOLVE_TEMP };

struct facts {
	struct slice host;              /* what we call ourselves */
	struct slice version, software; /* of the MTA; in macro v, in Received */
	struct slice client_name, client_address, client_shown;
	struct slice client_known; /* ... "unknown" where there is none */
	struct slice client_ptr;   /* what its address is the name of, or "unknown" */
	struct slice client_port;
	enum resolve client_resolve;
	bool client_inet6;
	struct slice login; /* who it said it is; empty: nobody */
	struct slice daemon_address, daemon_port;
	struct slice helo;
	bool esmtp;
	bool utf8; /* MAIL said SMTPUTF8 */
	struct slice queue_id, date;
	struct stamp stamp;    /* ... of the transaction */
	unsigned long session; /* numbers: of the session, of the transaction */
	unsigned long transaction;
	struct slice mail_args, rcpt_args; /* of MAIL, of this RCPT; a NUL behind each */
	struct slice sender;               /* paths as typed, with their brackets */
	struct slice sender_shown;         /* ... and as mail shows it, without */
	struct slice
	    sender_group; /* ... as far as that is a group's name, and the colon */
	bool authored;    /* MAIL had AUTH=, */
	struct slice auth_author;   /* ... and this was its value */
	struct slice full_name;     /* the Full-Name field of the message */
	struct slice sender_meant;  /* the path that it says; empty: itself */
	struct slice sender_mailed; /* as mail shows it */
	bool sender_local;          /* has no domain, or one of ours */
	struct slice rcpt, rcpt_meant;
	bool rcpt_known;            /* there is such a mailbox */
	bool rcpt_far, rcpt_direct; /* AT_RCPT_FAR, AT_RCPT_DIRECT */
	unsigned long rcpts, bad_rcpts;
	struct slice only_rcpt;      /* the path, when but one was taken */
	unsigned long rcpt_commands; /* of this transaction, refused ones too */
	unsigned long verified;      /* ... words of VRFY, since the one before it */
	struct slice text;           /* of the message, CRLF lines */
	struct slice msg_id;         /* the Message-Id field; empty: none */
	enum since reached;
	struct slice first_rcpt;
	bool first_far;
	bool at_data;
	bool at_rcpt; /* and it is a RCPT that filters are asked about */
};

enum fact {
	FACT_TEXT, /* macro.text */
	FACT_HOST,
	FACT_HOST_NAME,   /* up to its first dot */
	FACT_HOST_DOMAIN, /* ... and behind it */
	FACT_VERSION,
	FACT_CLIENT_NAME,
	FACT_CLIENT_KNOWN,
	FACT_CLIENT_PTR,
	FACT_CLIENT_ADDRESS,
	FACT_CLIENT_LITERAL, /* ... IPv6: in front of such a one */
	FACT_CLIENT_SHOWN,
	FACT_CLIENT_PORT,
	FACT_CLIENT_RESOLVE, /* OK, FAIL or TEMP */
	FACT_LOGIN,          /* no value where there was none */
	FACT_LOGIN_TYPE,     /* ... macro.text */
	FACT_DAEMON_ADDRESS,
	FACT_DAEMON_PORT,
	FACT_HELO,
	FACT_HELO_OR_NAME, /* ... or the client's name */
	FACT_PROTOCOL,     /* SMTP or ESMTP */
	FACT_QUEUE_ID,
	FACT_DATE,
	FACT_AUTH_AUTHOR, /* what AUTH= of MAIL said; no value where there was none */
	FACT_AUTH_AUTHOR_NAMED, /* the same, and no value for <>, which names nobody */
	FACT_SENDER,            /* without brackets */
	FACT_SENDER_MAILED,     /* ... as mail shows it */
	FACT_SENDER_RESOLVED,   /* ... of one of ours the mailbox, in lower case; tight */
	FACT_SENDER_COMPLETE,   /* lower case, quotes only where needed, our host if no
				   domain */
	FACT_SENDER_DOMAIN,
	FACT_SENDER_HOP,  /* ... ours if it is local */
	FACT_SENDER_PATH, /* as typed */
	FACT_RCPT,
	FACT_RCPT_COMPLETE,
	FACT_FIRST_RCPT, /* ... the first that was taken */
	FACT_FIRST_RCPT_HOP,
	FACT_RCPT_LOCAL,
	FACT_RCPT_HOP, /* its domain; ours if it is local */
	FACT_RCPT_DOMAIN,
	FACT_RCPT_RESOLVED, /* as FACT_SENDER_RESOLVED, of a far one */
	FACT_RCPT_COUNT,    /* with the one that is asked about */
	FACT_BAD_RCPT_COUNT,
	FACT_MSG_ID,         /* the message's, or what ours would be */
	FACT_MSG_SIZE,       /* bytes, an end of line being one */
	FACT_MAIL_PARAMETER, /* macro.text=, as typed; no value where it was not given */
	FACT_RCPT_PARAMETER, /* ... at this RCPT */
};

/* How its value is written. */
enum {
	FORM_PLAIN = 0,
	FORM_LOWER = 1,
	FORM_DOT = 2 /* behind a name of several labels */
};

struct macro {
	const char *name; /* "i", "{mail_addr}" */
	unsigned char fact, since, form;
	const char *text;    /* of FACT_TEXT; a keyword */
	const char *local;   /* ... when who it is about is local; NULL: the same */
	const char *refused; /* ... when the MTA refuses the recipient */
};

/* No blank beside @, a dot or an end, a dot in place of each other one; none in quotes.
 */
void facts_tight(struct slice address, struct text *out);

/* Of a local part in quotes what is inside. */
struct slice facts_unquoted(struct slice local);

/* Without brackets, source route and needless quotes. */
void facts_plain(struct slice path, struct text *out);

/* `jones@mx.test` of <jones>, "jones"@mx.test ...; the case is kept. */
void facts_complete(const struct facts *f, struct slice path, struct text *out);

/* "OK", "FAIL", "TEMP". */
struct slice facts_resolve(enum resolve r);

/* What a %-letter of a field rule stands for. */
void facts_field(const struct facts *f, char letter, struct text *out);

/*
 * The value of a macro, borrowed from the facts, the table, or *scratch, which
 * the next call overwrites.  `macros` ends in a row without a name.  False: it
 * has none now.
 */
bool facts_macro(const struct macro *macros, const struct facts *f, struct slice name,
    struct text *scratch, struct slice *ret);

#endif
