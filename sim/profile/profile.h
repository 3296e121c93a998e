/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PROFILE_H
#define SIM_PROFILE_H

/*
 * profile - everything in which one MTA differs from another, as data.
 *
 * A profile says in whose words the client is answered, what EHLO announces,
 * which macros go with which command, and the habits towards filters.  The
 * code that plays the MTA has no `if` about a name of an MTA: a difference is
 * a member here.  Profiles are const; all functions are pure.
 */

#include "base/text.h"
#include "sim/profile/outcome.h"
#include "wire/protocol.h"

/*
 * An answer: code, enhanced status code (RFC 3463), text.  In a text, %h is
 * our host name, %n the client's name for itself, %c the client as we know it,
 * %a the path the client typed, %q the queue id, %t the date, %x one more
 * word that the situation gives, and %% a percent sign.
 */
struct phrase {
	const char *code, *enhanced, *text;
};

enum say {
	SAY_GREETING,
	SAY_HELO,
	SAY_EHLO,
	SAY_MAIL_OK,
	SAY_RCPT_OK,
	SAY_DATA_GO,
	SAY_MESSAGE_OK,
	SAY_RSET_OK,
	SAY_NOOP_OK,
	SAY_HELP,
	SAY_VRFY,
	SAY_VRFY_OFF,
	SAY_EXPN_OFF,
	SAY_QUIT,

	SAY_NO_SUCH_USER,
	SAY_UNKNOWN_COMMAND,
	SAY_HELO_ARGUMENT,
	SAY_HELO_DOMAIN,
	SAY_MAIL_SYNTAX,
	SAY_RCPT_SYNTAX,
	SAY_BAD_PATH,
	SAY_BAD_PARAMETER,     /* 501: not KEYWORD=value */
	SAY_UNKNOWN_PARAMETER, /* 555 */
	SAY_BAD_VALUE,         /* 501: %x is the parameter */
	SAY_UNWANTED_ARGUMENT,
	SAY_NEED_HELO,
	SAY_NESTED_MAIL,
	SAY_RCPT_BEFORE_MAIL,
	SAY_DATA_BEFORE_MAIL,
	SAY_DATA_BEFORE_RCPT,
	SAY_TOO_MANY_RCPTS,
	SAY_TOO_MANY_ERRORS,
	SAY_LINE_TOO_LONG,
	SAY_TEXT_LINE_TOO_LONG,
	SAY_MESSAGE_TOO_BIG,
	SAY_HEADER_TOO_LARGE,
	SAY_STORAGE,
	SAY_BARE_CR,
	SAY_BARE_LF,
	SAY_NUL,
	SAY_COMMAND_BARE_CR,
	SAY_COMMAND_BARE_LF,
	SAY_COMMAND_NUL,
	SAY_TIMEOUT,
	SAY_STOPPING,
	SAY_TOO_MANY_SESSIONS,
	SAY_DELIVERY_FAILED,

	SAY_GREETING_REFUSED,  /* a filter refused the connection */
	SAY_SESSION_REFUSED,   /* ... and so MAIL, RCPT and DATA hear this */
	SAY_REJECT_PATH,       /* plain reject of MAIL or RCPT */
	SAY_REJECT_COMMAND,    /* ... of DATA or an unknown command */
	SAY_REJECT_MESSAGE,    /* ... from header to end of message */
	SAY_TEMPFAIL,          /* plain tempfail */
	SAY_SHUTDOWN,          /* 421 of CONNECT, HELO, DATA and the message */
	SAY_SHUTDOWN_ENVELOPE, /* 421 of MAIL and RCPT */
	N_SAY
};

/* What a filter's connection does in a session; see docs/PROTOCOL.md. */
struct habits {
	uint32_t actions, protocol; /* offered in the negotiation */
	int version;
	/* Macro names per SYMLIST_*, blank-separated; NULL: none. */
	const char *macros[N_SYMLISTS];
	/* Kinds whose MACRO packet goes out even when it is empty. */
	uint64_t always_macros;
	bool quit_after_connect;   /* QUIT at once when CONNECT was not `c` */
	bool quit_on_drop_in_data; /* QUIT also when the client drops in DATA */
};

/* The habits of sendmail 8.17 with the macro lists of its stock sendmail.mc. */
#define SENDMAIL_HABITS                                                                    \
	{                                                                                  \
		.actions = ACTIONS_ALL, .protocol = PROTO_ALL,                           \
		.version = PROTOCOL_VERSION,                                             \
		.macros = {                                                              \
			[SYMLIST_CONNECT] = "j _ {daemon_name} {if_name} {if_addr}",     \
			[SYMLIST_HELO] = "{tls_version} {cipher} {cipher_bits} "         \
					 "{cert_subject} {cert_issuer}",                 \
			[SYMLIST_MAIL] = "i {auth_type} {auth_authen} {auth_ssf} "       \
					 "{auth_author} {mail_mailer} {mail_host} "      \
					 "{mail_addr}",                                  \
			[SYMLIST_RCPT] = "{rcpt_mailer} {rcpt_host} {rcpt_addr}",        \
			[SYMLIST_EOM] = "{msg_id}",                                      \
		},                                                                       \
		.always_macros = KIND_BIT(CMD_CONNECT) | KIND_BIT(CMD_HELO) |            \
				 KIND_BIT(CMD_MAIL) | KIND_BIT(CMD_RCPT),                \
		.quit_after_connect = true, \
	}

struct profile {
	const char *name;
	const char *version;           /* macro v */
	const struct phrase *say;      /* N_SAY of them */
	const char *announced;         /* EHLO keywords unless told otherwise */
	const char *announced_refused; /* ... once a filter refused the session */
	bool bare_paths;               /* MAIL FROM:user@host without brackets is taken */
	bool helo_needed;              /* MAIL wants HELO or EHLO first */
	bool path_in_replies;          /* `<addr>... ` in a filter's 450, 550, 553 */
	bool complete_replies; /* x.0.0 where a filter's reply has no status code */
	size_t text_line_max;  /* octets with CRLF; 0: no limit */
	struct habits habits;
};

extern const struct profile profile_rfc2821, profile_sendmail_8_17;

/* NULL when there is none of that name. */
const struct profile *profile_named(struct slice name);

/* All names, blank-separated, for messages. */
const char *profile_names(void);

struct say_values {
	struct slice host, client_name, client, path, queue_id, date, word;
	bool enhanced; /* the client was told ENHANCEDSTATUSCODES */
};

/* Appends one whole reply line with CRLF. */
void profile_say(
    const struct profile *p, enum say what, const struct say_values *v, struct text *out);

/* As profile_say(), but only what follows code and blank; for EHLO's lines. */
void profile_say_text(
    const struct profile *p, enum say what, const struct say_values *v, struct text *out);

/*
 * Appends the reply for an outcome other than GO and DISCARD.  MOMENT_CONNECT
 * and MOMENT_HELO have none of their own: see smtp.c.
 */
void profile_refuse(const struct profile *p, enum moment when, const struct outcome *o,
    const struct say_values *v, struct text *out);

#endif
