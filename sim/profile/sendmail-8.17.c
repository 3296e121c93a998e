/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/address.h"
#include "base/put.h"
#include "sim/profile/profile.h"

/*
 * sendmail 8.17.1.9 as Debian 12 builds it, its words as measured.  Those that
 * no recording shows are sendmail's texts where known, else in its manner.
 */

/* clang-format off */
static const struct phrase say[N_SAY] = {
	[SAY_GREETING]           = { "220", NULL,    "%h ESMTP Sendmail 8.17.1.9/8.17.1.9/Debian-2+deb12u2; %t; (No UCE/UBE) logging access from: %m(%r)-%c" },
	[SAY_HELO]               = { "250", NULL,    "%h Hello %c, pleased to meet you" },
	[SAY_EHLO]               = { "250", NULL,    "%h Hello %c, pleased to meet you" },
	[SAY_MAIL_OK]            = { "250", "2.1.0", "%a... Sender ok" },
	[SAY_RCPT_OK]            = { "250", "2.1.5", "%a... Recipient ok" },
	[SAY_DATA_GO]            = { "354", NULL,    "End data with <CR><LF>.<CR><LF>" },
	[SAY_MESSAGE_OK]         = { "250", "2.0.0", "%q Message accepted for delivery" },
	[SAY_RSET_OK]            = { "250", "2.0.0", "Reset state" },
	[SAY_NOOP_OK]            = { "250", "2.0.0", "OK" },
	[SAY_HELP_UNKNOWN]       = { "504", "5.3.0", "HELP topic \"%x\" unknown" },
	[SAY_HELP]               = { "214", "2.0.0", "HELO EHLO MAIL RCPT DATA RSET NOOP QUIT HELP VRFY EXPN" },
	[SAY_VRFY]               = { "250", "2.1.5", "%x" },
	[SAY_VRFY_OFF]           = { "252", "2.5.2", "Cannot VRFY user; try RCPT to attempt delivery (or try finger)" },
	[SAY_VRFY_UNKNOWN]       = { "550", "5.1.1", "%x... User unknown" },
	[SAY_EXPN_OFF]           = { "502", "5.7.0", "Sorry, we do not allow this operation" },
	[SAY_QUIT]               = { "221", "2.0.0", "%h closing connection" },

	[SAY_NO_SUCH_USER]       = { "550", "5.1.1", "%a... User unknown" },
	[SAY_UNKNOWN_COMMAND]    = { "500", "5.5.1", "Command unrecognized: \"%x\"" },
	[SAY_HELO_ARGUMENT]      = { "501", "5.0.0", "%x requires domain address" },
	[SAY_HELO_DOMAIN]        = { "501", "5.0.0", "Invalid domain name" },
	[SAY_MAIL_SYNTAX]        = { "501", "5.5.2", "Syntax error in parameters scanning \"%x\"" },
	[SAY_RCPT_SYNTAX]        = { "501", "5.5.2", "Syntax error in parameters scanning \"%x\"" },
	[SAY_BAD_PATH]           = { "553", "5.0.0", "%x... User address required" },
	[SAY_BAD_RCPT_PATH]      = { "553", "5.0.0", "%x... User address required" },
	[SAY_UNBALANCED]         = { "553", "5.0.0", "%x... Unbalanced '<'" },
	[SAY_UNBALANCED_CLOSE]   = { "553", "5.0.0", "%x... Unbalanced '>'" },
	[SAY_BAD_PARAMETER]      = { "501", "5.5.4", "Syntax error in the parameters" },
	[SAY_UNKNOWN_PARAMETER]  = { "555", "5.5.4", "%x parameter unrecognized" },
	[SAY_BAD_VALUE]          = { "501", "5.5.4", "Bad argument to %x" },
	[SAY_BAD_BODY]           = { "501", "5.5.4", "Unknown BODY type %x" },
	[SAY_BAD_RET]            = { "501", "5.5.2", "Bad argument \"%x\" to RET" },
	[SAY_BAD_NOTIFY]         = { "501", "5.5.4", "Bad argument \"%x\"  to NOTIFY" },
	[SAY_BAD_ORCPT]          = { "501", "5.5.4", "Syntax error in ORCPT parameter value" },
	[SAY_NO_VALUE]           = { "501", "5.5.2", "%x requires a value" },
	[SAY_DUPLICATE_PARAMETER] = { "501", "5.5.0", "Duplicate %x parameter" },
	[SAY_BAD_ROUTE]          = { "553", "5.1.3", "%a... Invalid route address" },
	[SAY_BAD_HOST]           = { "553", "5.1.2", "%a... Invalid host name" },
	[SAY_BAD_RCPT_HOST]      = { "553", "5.1.2", "%a... Invalid host name" },
	[SAY_BAD_SIZE]           = { "552", "5.2.3", "Message size invalid" },
	[SAY_UNWANTED_ARGUMENT]  = { "501", "5.0.0", "Syntax error, no parameters allowed" },
	[SAY_NEED_HELO]          = { "503", "5.0.0", "Polite people say HELO first" },
	[SAY_NESTED_MAIL]        = { "503", "5.5.0", "Sender already specified" },
	[SAY_RCPT_BEFORE_MAIL]   = { "503", "5.0.0", "Need MAIL before RCPT" },
	[SAY_DATA_BEFORE_MAIL]   = { "503", "5.0.0", "Need MAIL command" },
	[SAY_DATA_BEFORE_RCPT]   = { "503", "5.0.0", "Need RCPT (recipient)" },
	[SAY_TOO_MANY_RCPTS]     = { "452", "4.5.3", "Too many recipients" },
	[SAY_TOO_MANY_ERRORS]    = { "421", "4.7.0", "%h Too many bad commands; closing connection" },
	[SAY_LINE_TOO_LONG]      = { "500", "5.5.2", "Line too long" },
	[SAY_TEXT_LINE_TOO_LONG] = { "500", "5.5.2", "Line too long" },
	[SAY_MESSAGE_TOO_BIG]    = { "552", "5.2.3", "Message exceeds maximum fixed size" },
	[SAY_NO_SPACE]           = { "452", "4.4.5", "Insufficient disk space; try again later" },
	[SAY_HEADER_TOO_LARGE]   = { "552", "5.6.0", "Headers too large (32768 max)" },
	[SAY_STORAGE]            = { "452", "4.4.5", "Insufficient disk space; try again later" },
	[SAY_BARE_CR]            = { "421", "4.5.0", "Bare carriage return (CR) not allowed" },
	[SAY_BARE_LF]            = { "421", "4.5.0", "Bare linefeed (LF) not allowed" },
	[SAY_NUL]                = { "554", "5.6.1", "NUL byte not allowed" },
	[SAY_COMMAND_BARE_CR]    = { "500", "5.5.2", "Bare carriage return (CR) not allowed" },
	[SAY_COMMAND_BARE_LF]    = { "500", "5.5.2", "Bare linefeed (LF) not allowed" },
	[SAY_COMMAND_NUL]        = { "500", "5.5.2", "NUL byte not allowed" },
	[SAY_COMMAND_NOT_UTF8]   = { "500", "5.5.2", "Syntax error, command unrecognized" },
	[SAY_TIMEOUT]            = { "421", "4.4.1", "%h Lost input channel: timeout" },
	[SAY_LOST_IN_TEXT]       = { "421", "4.4.1", "collect: relay=%m, from=%f, info=unexpected close" },
	[SAY_STOPPING]           = { "421", "4.3.2", "%h shutting down, closing connection" },
	[SAY_TOO_MANY_SESSIONS]  = { "421", "4.3.2", "%h Too many open connections." },
	[SAY_DELIVERY_FAILED]    = { "451", "4.3.0", "Local error in processing" },

	[SAY_GREETING_REFUSED]   = { "554", NULL,    "%h ESMTP not accepting messages" },
	[SAY_SESSION_REFUSED]    = { "550", "5.0.0", "Command rejected" },
	[SAY_REJECT_PATH]        = { "550", "5.7.1", "%a... Command rejected" },
	[SAY_REJECT_COMMAND]     = { "550", "5.7.1", "Command rejected" },
	[SAY_REJECT_HEADER]      = { "550", "5.7.1", "%oCommand rejected" },
	[SAY_REJECT_MESSAGE]     = { "554", "5.7.1", "Command rejected" },
	[SAY_TEMPFAIL]           = { "451", "4.3.2", "Please try again later" },
	[SAY_SHUTDOWN]           = { "421", "4.7.0", "%h closing connection" },
	[SAY_SHUTDOWN_ENVELOPE]  = { "421", "4.3.0", "closing connection" },
	[SAY_SHUTDOWN_GREETING]  = { "421", "4.7.0", "%h closing connection" },
	[SAY_FAILED_REJECT]      = { "550", "5.7.1", "Command rejected" },
	[SAY_MISCONFIGURED]      = { "451", "4.3.2", "Please try again later" },
};
/* clang-format on */

/* clang-format off */
#define NOT_IMPLEMENTED { "502", "5.5.1", "Command not implemented: \"%x\"" }
/* RFC 821 has no 4yz for VRFY and EXPN. */
static const struct phrase no_4yz = { "550", "5.7.1", "Please try again later" };
static const struct phrase put_off = { "451", "4.3.2", "Please try again later" };
static const struct fixed_answer fixed[] = {
	{ "VRFY",     { "501", "5.5.2", "Argument required" }, { NULL, NULL, NULL }, GUARDED_NEVER, NULL, &no_4yz, false },
	{ "EXPN",     { "501", "5.5.2", "Argument required" }, { NULL, NULL, NULL }, GUARDED_NEVER, NULL, &no_4yz, false },
	{ "ETRN",     { "500", "5.5.2", "Parameter required" }, { "250", "2.0.0", "Queuing for node %p started" }, GUARDED_NEVER, NULL, &put_off, true },
	{ "STARTTLS", { "454", "4.3.3", "TLS not available after start" }, { "501", "5.5.2", "Syntax error (no parameters allowed)" }, GUARDED_NEVER, NULL, NULL, false },
	{ "AUTH",     { "503", "5.3.3", "AUTH not available" }, { "503", "5.3.3", "AUTH not available" }, GUARDED_NEVER, NULL, NULL, false },
	{ "SEND", NOT_IMPLEMENTED, NOT_IMPLEMENTED, GUARDED_NEVER, NULL, NULL, false },
	{ "SAML", NOT_IMPLEMENTED, NOT_IMPLEMENTED, GUARDED_NEVER, NULL, NULL, false },
	{ "SOML", NOT_IMPLEMENTED, NOT_IMPLEMENTED, GUARDED_NEVER, NULL, NULL, false },
	{ "TURN", NOT_IMPLEMENTED, NOT_IMPLEMENTED, GUARDED_NEVER, NULL, NULL, false },
	{ NULL, { NULL, NULL, NULL }, { NULL, NULL, NULL }, GUARDED_NEVER, NULL, NULL, false },
};

const struct refusal sendmail_refusals[N_MOMENTS][N_OBJECTIONS] = {
	/* No filter's words are said at CONNECT, and a refusal is not taken back. */
	[MOMENT_CONNECT] = {
		[OBJECTION_REJECT]          = SAID_AND(SAY_GREETING_REFUSED, SAY_SESSION_REFUSED, LATER_ENVELOPE),
		[OBJECTION_TEMPFAIL]        = SAID_LATER(SAY_TEMPFAIL, LATER_MAIL),
		[OBJECTION_4YZ]             = SAID_LATER(SAY_TEMPFAIL, LATER_MAIL),
		[OBJECTION_5YZ]             = SAID_AND(SAY_GREETING_REFUSED, SAY_SESSION_REFUSED, LATER_ENVELOPE),
		[OBJECTION_CLOSE]           = SAID_LAST(SAY_SHUTDOWN),
		[OBJECTION_SPOILT]          = SAID_AND(SAY_GREETING_REFUSED, SAY_SESSION_REFUSED, LATER_ENVELOPE),
		[OBJECTION_FAILED_REJECT]   = SAID_AND(SAY_GREETING_REFUSED, SAY_SESSION_REFUSED, LATER_ENVELOPE),
		[OBJECTION_FAILED_TEMPFAIL] = SAID_LATER(SAY_TEMPFAIL, LATER_MAIL),
		[OBJECTION_SHUTDOWN]        = SAID_LAST(SAY_SHUTDOWN),
		[OBJECTION_MISCONFIGURED]   = SAID_LATER(SAY_TEMPFAIL, LATER_MAIL),
	},
	[MOMENT_HELO] = {
		[OBJECTION_REJECT]          = SAID_LATER(SAY_SESSION_REFUSED, LATER_ENVELOPE),
		[OBJECTION_TEMPFAIL]        = SAID_LATER(SAY_TEMPFAIL, LATER_MAIL),
		[OBJECTION_4YZ]             = SAID_LATER(SAY_OWN, LATER_ENVELOPE),
		[OBJECTION_5YZ]             = SAID_LATER(SAY_OWN, LATER_ENVELOPE),
		[OBJECTION_CLOSE]           = SAID_LAST(SAY_OWN),
		[OBJECTION_SPOILT]          = SAID_LATER(SAY_SESSION_REFUSED, LATER_ENVELOPE),
		[OBJECTION_FAILED_REJECT]   = SAID_LATER(SAY_SESSION_REFUSED, LATER_ENVELOPE),
		[OBJECTION_FAILED_TEMPFAIL] = SAID_LATER(SAY_TEMPFAIL, LATER_MAIL),
		[OBJECTION_SHUTDOWN]        = SAID_LAST(SAY_SHUTDOWN),
		[OBJECTION_MISCONFIGURED]   = SAID_LATER(SAY_TEMPFAIL, LATER_MAIL),
	},
#define ANSWERED(reject, spoilt, shutdown) {                    \
		[OBJECTION_REJECT]          = SAID(reject),      \
		[OBJECTION_TEMPFAIL]        = SAID(SAY_TEMPFAIL), \
		[OBJECTION_4YZ]             = SAID(SAY_OWN),     \
		[OBJECTION_5YZ]             = SAID(SAY_OWN),     \
		[OBJECTION_CLOSE]           = SAID_LAST(SAY_OWN),     \
		[OBJECTION_SPOILT]          = SAID(spoilt),      \
		[OBJECTION_FAILED_REJECT]   = SAID(reject),      \
		[OBJECTION_FAILED_TEMPFAIL] = SAID(SAY_TEMPFAIL), \
		[OBJECTION_SHUTDOWN]        = SAID_LAST(shutdown),    \
		[OBJECTION_MISCONFIGURED]   = SAID(SAY_TEMPFAIL), \
	}
	[MOMENT_MAIL]    = ANSWERED(SAY_REJECT_PATH, SAY_REJECT_PATH, SAY_SHUTDOWN_ENVELOPE),
	[MOMENT_RCPT]    = ANSWERED(SAY_REJECT_PATH, SAY_REJECT_PATH, SAY_SHUTDOWN_ENVELOPE),
	[MOMENT_DATA]    = ANSWERED(SAY_REJECT_COMMAND, SAY_REJECT_COMMAND, SAY_SHUTDOWN),
	[MOMENT_HEADER]  = ANSWERED(SAY_REJECT_MESSAGE, SAY_REJECT_HEADER, SAY_SHUTDOWN),
	[MOMENT_MESSAGE] = ANSWERED(SAY_REJECT_MESSAGE, SAY_REJECT_MESSAGE, SAY_SHUTDOWN),
	[MOMENT_UNKNOWN] = ANSWERED(SAY_REJECT_COMMAND, SAY_REJECT_COMMAND, SAY_SHUTDOWN_ENVELOPE),
};

#define NEXT    DO_NEXT
#define LAST    DO_LAST
#define AWAY    DO_DISMISS
#define PASS    DO_PASS_MESSAGE
#define OUT     DO_PASS_SESSION
#define MUTE    DO_MUTE
#define REJ     DO_REJECT
#define TEMP    DO_TEMPFAIL
#define REPLY   DO_REPLY
#define DISC    DO_DISCARD
#define NOBODY  DO_NO_BODY
#define MORE    DO_MORE
#define EDIT    DO_EDIT
#define FAIL    DO_FAIL
#define LATE    DO_FAIL_LATE
#define DIE     DO_DIE
const struct reactions sendmail_reactions = { .at = {
	/*                c      a      r    t     y      d     s       p     edit  q     f     4     other empty */
	[CMD_CONNECT] = { NEXT,  OUT,   REJ, TEMP, REPLY, AWAY, MUTE,   LATE, LATE, LATE, LATE, LATE, LATE, DIE },
	[CMD_HELO]    = { NEXT,  OUT,   REJ, TEMP, REPLY, LAST, MUTE,   LATE, LATE, LATE, LATE, LATE, LATE, DIE },
	[CMD_MAIL]    = { NEXT,  PASS,  REJ, TEMP, REPLY, DISC, MUTE,   LATE, LATE, LATE, LATE, LATE, LATE, DIE },
	[CMD_RCPT]    = { NEXT,  PASS,  REJ, TEMP, REPLY, DISC, MUTE,   LATE, LATE, LATE, LATE, LATE, LATE, DIE },
	[CMD_DATA]    = { NEXT,  PASS,  REJ, TEMP, REPLY, DISC, MUTE,   LATE, LATE, LATE, LATE, LATE, LATE, DIE },
	[CMD_HEADER]  = { NEXT,  PASS,  REJ, TEMP, REPLY, DISC, NOBODY, LATE, LATE, LATE, LATE, LATE, LATE, DIE },
	[CMD_EOH]     = { NEXT,  PASS,  REJ, TEMP, REPLY, DISC, NOBODY, LATE, LATE, LATE, LATE, LATE, LATE, DIE },
	[CMD_BODY]    = { NEXT,  PASS,  REJ, TEMP, REPLY, DISC, NOBODY, LATE, LATE, LATE, LATE, LATE, LATE, DIE },
	[CMD_BODYEOB] = { NEXT,  PASS,  REJ, TEMP, REPLY, DISC, FAIL,   MORE, EDIT, EDIT, FAIL, FAIL, FAIL, DIE },
	[CMD_UNKNOWN] = { NEXT,  PASS,  REJ, TEMP, REPLY, DISC, MUTE,   LATE, LATE, LATE, LATE, LATE, LATE, FAIL },
} };

/* ABORT only to a filter that is in a message and does not know its end. */
#define ABORTS { .packets = { [STANDING_IN_MESSAGE] = "A" } }
#define QUITS  { .packets = { "Q", "Q", "Q" }, .closes = true }
const struct farewell sendmail_endings[N_ENDINGS] = {
	[ENDING_GREETING]     = QUITS,
	[ENDING_PASSED]       = QUITS,
	[ENDING_MAIL]         = ABORTS,
	[ENDING_MESSAGE]      = ABORTS,
	[ENDING_LOST]         = ABORTS,
	[ENDING_BARE]         = { .closes = true },
	[ENDING_DISCARDED]    = ABORTS,
	[ENDING_RSET]         = ABORTS,
	[ENDING_HELO]         = ABORTS,
	[ENDING_QUIT]         = QUITS,
	[ENDING_DROP]         = QUITS,
	[ENDING_DROP_IN_TEXT] = { .closes = true },
};

/* The lists of the stock sendmail.mc (confMILTER_MACROS_*). */
const struct macro_rule sendmail_macros[N_COMMANDS] = {
	[CMD_CONNECT] = { "j _ {daemon_name} {if_name} {if_addr}", SYMLIST_CONNECT, SYMLIST_REPLACES, true, true, SYMLIST_NONE },
	[CMD_HELO]    = { "{tls_version} {cipher} {cipher_bits} {cert_subject} {cert_issuer}",
	                  SYMLIST_HELO, SYMLIST_REPLACES, true, true, SYMLIST_NONE },
	[CMD_MAIL]    = { "i {auth_type} {auth_authen} {auth_ssf} {auth_author} {mail_mailer} {mail_host} {mail_addr}",
	                  SYMLIST_MAIL, SYMLIST_REPLACES, true, true, SYMLIST_NONE },
	[CMD_RCPT]    = { "{rcpt_mailer} {rcpt_host} {rcpt_addr}", SYMLIST_RCPT, SYMLIST_REPLACES, true, true, SYMLIST_NONE },
	[CMD_DATA]    = { NULL, SYMLIST_DATA, SYMLIST_REPLACES, true, true, SYMLIST_NONE },
	[CMD_HEADER]  = { NULL, SYMLIST_NONE, SYMLIST_IGNORED, false, false, SYMLIST_NONE },
	[CMD_EOH]     = { NULL, SYMLIST_EOH, SYMLIST_REPLACES, true, false, SYMLIST_NONE },
	[CMD_BODY]    = { NULL, SYMLIST_NONE, SYMLIST_IGNORED, false, false, SYMLIST_NONE },
	[CMD_BODYEOB] = { "{msg_id}", SYMLIST_EOM, SYMLIST_REPLACES, true, true, SYMLIST_EOH },
	[CMD_UNKNOWN] = { NULL, SYMLIST_NONE, SYMLIST_IGNORED, false, false, SYMLIST_NONE },
};
/* clang-format on */

/* clang-format off */
const struct macro sendmail_macro_values[] = {
	{ "n",                FACT_TEXT,           SINCE_CONNECT, FORM_PLAIN, "MAILER-DAEMON", NULL, NULL },
	{ "j",                FACT_HOST,           SINCE_CONNECT, FORM_PLAIN, NULL, NULL, NULL },
	{ "_",                FACT_CLIENT_SHOWN,   SINCE_CONNECT, FORM_PLAIN, NULL, NULL, NULL },
	{ "v",                FACT_VERSION,        SINCE_CONNECT, FORM_PLAIN, NULL, NULL, NULL },
	{ "s",                FACT_HELO,           SINCE_MAIL,    FORM_PLAIN, NULL, NULL, NULL },
	{ "r",                FACT_PROTOCOL,       SINCE_MAIL,    FORM_PLAIN, NULL, NULL, NULL },
	{ "{daemon_name}",    FACT_TEXT,           SINCE_CONNECT, FORM_PLAIN, "MTA", NULL, NULL },
	{ "{daemon_addr}",    FACT_DAEMON_ADDRESS, SINCE_CONNECT, FORM_PLAIN, NULL, NULL, NULL },
	{ "{daemon_port}",    FACT_DAEMON_PORT,    SINCE_CONNECT, FORM_PLAIN, NULL, NULL, NULL },
	{ "{if_name}",        FACT_TEXT,           SINCE_CONNECT, FORM_PLAIN, "localhost", NULL, NULL },
	{ "{client_addr}",    FACT_CLIENT_ADDRESS, SINCE_CONNECT, FORM_PLAIN, NULL, NULL, NULL },
	{ "{client_name}",    FACT_CLIENT_NAME,    SINCE_CONNECT, FORM_PLAIN, NULL, NULL, NULL },
	{ "{client_ptr}",     FACT_CLIENT_NAME,    SINCE_CONNECT, FORM_PLAIN, NULL, NULL, NULL },
	{ "{client_port}",    FACT_CLIENT_PORT,    SINCE_CONNECT, FORM_PLAIN, NULL, NULL, NULL },
	{ "{client_resolve}", FACT_CLIENT_RESOLVE, SINCE_CONNECT, FORM_PLAIN, NULL, NULL, NULL },
	{ "i",                FACT_QUEUE_ID,       SINCE_MAIL,    FORM_PLAIN, NULL, NULL, NULL },
	{ "f",                FACT_SENDER,         SINCE_MAIL,    FORM_PLAIN, NULL, NULL, NULL },
	{ "b",                FACT_DATE,           SINCE_MAIL,    FORM_PLAIN, NULL, NULL, NULL },
	{ "{mail_addr}",      FACT_SENDER_RESOLVED, SINCE_MAIL,   FORM_PLAIN, NULL, NULL, NULL },
	/* With the dot that sendmail's rules leave behind the domain. */
	{ "{mail_host}",      FACT_SENDER_DOMAIN,  SINCE_MAIL,    FORM_LOWER | FORM_DOT,   NULL, "", NULL },
	{ "{mail_mailer}",    FACT_TEXT,           SINCE_MAIL,    FORM_PLAIN, "esmtp", "local", NULL },
	{ "{auth_type}",      FACT_LOGIN_TYPE,     SINCE_CONNECT, FORM_PLAIN, "XCLIENT", NULL, NULL },
	{ "{auth_authen}",    FACT_LOGIN,          SINCE_CONNECT, FORM_PLAIN, NULL, NULL, NULL },
	{ "{auth_author}",    FACT_AUTH_AUTHOR,    SINCE_MAIL,    FORM_PLAIN, NULL, NULL, NULL },
	{ "{mail_from}",      FACT_SENDER_PATH,    SINCE_MAIL,    FORM_PLAIN, NULL, NULL, NULL },
	/* A local recipient's is the mailbox, in lower case. */
	{ "{rcpt_addr}",      FACT_RCPT_LOCAL,     AT_RCPT,       FORM_LOWER, NULL, NULL, "550 5.1.1 User unknown" },
	{ "{rcpt_host}",      FACT_TEXT,           AT_RCPT,       FORM_PLAIN, "", NULL, "5.1.1" },
	{ "{rcpt_mailer}",    FACT_TEXT,           AT_RCPT,       FORM_PLAIN, "local", NULL, "error" },
	{ "{nrcpts}",         FACT_RCPT_COUNT,     SINCE_RCPT,    FORM_PLAIN, NULL, NULL, NULL },
	{ "{nbadrcpts}",      FACT_BAD_RCPT_COUNT, SINCE_RCPT,    FORM_PLAIN, NULL, NULL, NULL },
	{ "{msg_id}",         FACT_MSG_ID,         SINCE_MESSAGE, FORM_PLAIN, NULL, NULL, NULL },
	{ "{msg_size}",       FACT_MSG_SIZE,       SINCE_MESSAGE, FORM_PLAIN, NULL, NULL, NULL },
	{ NULL, 0, 0, 0, NULL, NULL, NULL },
};
/* clang-format on */

/*
 * Year, month, day, hour, minute, second, two digits for the message, six for
 * the process.  Ours counts sessions in place of processes.
 */
void
sendmail_queue_id(const struct facts *f, struct text *out)
{
	static const char digit[] =
	    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwx";
	const struct stamp *t = &f->stamp;

	text_printf(out, "%c%c%c%c%c%c%c%c%06lu", digit[(t->year - 1900) % 60],
	    digit[t->month], digit[t->day], digit[t->hour], digit[t->minute],
	    digit[t->second % 60], digit[f->transaction / 60 % 60],
	    digit[f->transaction % 60], f->session % 1000000);
}

/* All eight groups: IPv6:0:0:0:0:0:0:0:1. */
void
sendmail_inet6(const unsigned char b[16], struct text *out)
{
	text_printf(out, "IPv6");
	for (int i = 0; i < 16; i += 2)
		text_printf(out, ":%x", (unsigned)b[i] << 8 | b[i + 1]);
}

void
sendmail_received(const struct facts *f, struct text *out)
{
	struct slice helo = f->helo.len != 0 ? f->helo : f->client_name;

	text_printf(out, " from %.*s (%.*s)\n\tby %.*s (%.*s) with %s id %.*s",
	    (int)helo.len, helo.ptr, (int)f->client_shown.len, f->client_shown.ptr,
	    (int)f->host.len, f->host.ptr, (int)f->software.len, f->software.ptr,
	    f->esmtp ? "ESMTP" : "SMTP", (int)f->queue_id.len, f->queue_id.ptr);
	/* The one that recipient() has seen (recipient.c: e_origrcpt). */
	if (f->only_rcpt.len != 0 && f->rcpt_commands + f->verified == 1)
		text_printf(out, "\n\tfor %.*s; %.*s", (int)f->only_rcpt.len,
		    f->only_rcpt.ptr, (int)f->date.len, f->date.ptr);
	else
		text_printf(out, ";\n\t%.*s", (int)f->date.len, f->date.ptr);
}

/* Without a source route; names of the machine itself become its own. */
void
sendmail_sender(const struct facts *f, struct slice path, struct text *out)
{
	struct address a = address_parse(path);
	struct slice domain = a.domain;

	if (domain.len != 0 && domain.ptr[domain.len - 1] == '.')
		domain = slice_first(domain, domain.len - 1);
	if (slice_equal_nocase(domain, SLICE("localhost")) ||
	    slice_equal(domain, SLICE("[127.0.0.1]")))
		domain = f->host;
	facts_tight(a.local, out);
	if (domain.len != 0)
		put(out, SLICE("@"));
	facts_tight(domain, out);
}

/* What the delivered message has that the client did not send, and lacks. */
static const struct field_rule field_rules[] = {
	{ "Return-Path", FIELD_DROPPED, NULL },
	{ "Content-Length", FIELD_DROPPED, NULL },
	{ "Full-Name", FIELD_DROPPED, NULL },
	{ "Bcc", FIELD_BLIND, NULL },
	{ "Resent-Bcc", FIELD_BLIND, NULL },
	/* The H lines of sendmail.cf, in their order, behind Received. */
	{ "Resent-Date", FIELD_ADDED_RESENT, "%t" },
	{ "Date", FIELD_ADDED, "%t" },
	{ "Resent-From", FIELD_ADDED_RESENT, "%s" },
	{ "From", FIELD_ADDED, "%s" },
	{ "Full-Name", FIELD_KEPT, NULL },
	{ "Resent-Message-Id", FIELD_ADDED_RESENT, "%m" },
	{ "Message-Id", FIELD_ADDED, "%m" },
	{ "X-Authentication-Warning", FIELD_ADDED_NO_HELO,
	    "%h: %c didn't use HELO protocol" },
	/* Those with the flags of an address in conf.c, as headers.c: commaize() does. */
	{ "From", FIELD_JOINED, NULL },
	{ "Sender", FIELD_JOINED, NULL },
	{ "Reply-To", FIELD_JOINED, NULL },
	{ "Resent-From", FIELD_JOINED, NULL },
	{ "Resent-Sender", FIELD_JOINED, NULL },
	{ "To", FIELD_JOINED_LIST, NULL },
	{ "Cc", FIELD_JOINED_LIST, NULL },
	{ "Bcc", FIELD_JOINED_LIST, NULL },
	{ "Apparently-To", FIELD_JOINED_LIST, NULL },
	{ "Resent-To", FIELD_JOINED_LIST, NULL },
	{ "Resent-Cc", FIELD_JOINED_LIST, NULL },
	{ NULL, FIELD_DROPPED, NULL },
};

const struct profile profile_sendmail_8_17 = {
	.from_lines = "", /* collect.c: MS_UFROM */
	.name = "sendmail-8.17",
	.version = "8.17.1.9",
	.say = say,
	.announced = "ENHANCEDSTATUSCODES PIPELINING EXPN VERB 8BITMIME SIZE DSN ETRN "
		     "DELIVERBY HELP",
	.announced_refused = "ENHANCEDSTATUSCODES",
	.software = "8.17.1.9/8.17.1.9/Debian-2+deb12u2",
	.fixed = fixed,
	.fields = field_rules,
	.line_max = 2048, /* MAXLINE */
	.arguments_ignored = true,
	.verifies = true,
	.first_spelling = true,
	.errors_max = 25, /* MAXBADCOMMANDS */
	.only_unknown_counts = true,
	.bare_paths = true,
	.loose_paths = true,
	.early_ehlo = true,
	.seven_bits = true,
	.loose_size = true,
	.null_rcpt_last = true,
	.replies_wait = true, /* sm_io_autoflush() */
	.parameters_taken = "AUTH",
	.path_codes = "450 550 553",
	.closing_codes = "421",
	.complete_replies = true,
	.refusals = sendmail_refusals,
	.refused_words =
	    "MAIL RCPT DATA VRFY EXPN HELP ETRN STARTTLS AUTH VERB SEND SAML SOML TURN",
	.habits = SENDMAIL_HABITS(true, "olderrors=0, Errors=1\n"),
	.macro_values = sendmail_macro_values,
	.shown = "%n [%a]",
	.shown_unnamed = "[%a]",
	.queue_id = sendmail_queue_id,
	.inet6 = sendmail_inet6,
	.received = sendmail_received,
	.null_sender = "MAILER-DAEMON",
	.macro_letter = true,
	.refusal_ends_filters = true,
	.sender = sendmail_sender,
};
