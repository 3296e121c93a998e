/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/address.h"
#include "base/put.h"
#include "sim/profile/profile.h"

/*
 * What sendmail does with filters, whatever it calls itself: its profile's
 * tables, and those of profiles that have no MTA of their own.
 */

/* clang-format off */
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
		/* srvrsmtp.c: CLEAR_STATE() silences usrerr(). */
		[OBJECTION_CLOSE]           = SAID_LAST_ONCE(SAY_OWN),
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
	[CMD_UNKNOWN] = { NEXT,  PASS,  REJ, TEMP, REPLY, DISC, MUTE,   LATE, LATE, LATE, LATE, LATE, LATE, DIE },
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
	{ "k",                 FACT_HOST,           SINCE_CONNECT, FORM_PLAIN, NULL, NULL, NULL },
	{ "w",                 FACT_HOST_NAME,      SINCE_CONNECT, FORM_PLAIN, NULL, NULL, NULL },
	{ "m",                 FACT_HOST_DOMAIN,    SINCE_CONNECT, FORM_PLAIN, NULL, NULL, NULL },
	{ "s",                FACT_HELO_OR_NAME,   SINCE_MAIL,    FORM_PLAIN, NULL, NULL, NULL },
	{ "r",                FACT_PROTOCOL,       SINCE_MAIL,    FORM_PLAIN, NULL, NULL, NULL },
	{ "{daemon_name}",    FACT_TEXT,           SINCE_CONNECT, FORM_PLAIN, "MTA", NULL, NULL },
	{ "{daemon_addr}",    FACT_DAEMON_ADDRESS, SINCE_CONNECT, FORM_PLAIN, NULL, NULL, NULL },
	{ "{daemon_port}",    FACT_DAEMON_PORT,    SINCE_CONNECT, FORM_PLAIN, NULL, NULL, NULL },
	{ "{daemon_family}",   FACT_TEXT,           SINCE_CONNECT, FORM_PLAIN, "inet", NULL, NULL },
	{ "{daemon_flags}",    FACT_TEXT,           SINCE_CONNECT, FORM_PLAIN, "", NULL, NULL },
	{ "{daemon_info}",     FACT_TEXT,           SINCE_CONNECT, FORM_PLAIN, "SMTP", NULL, NULL },
	{ "{opMode}",          FACT_TEXT,           SINCE_CONNECT, FORM_PLAIN, "d", NULL, NULL },
	{ "{quarantine}",      FACT_TEXT,           SINCE_CONNECT, FORM_PLAIN, "", NULL, NULL },
	{ "{deliveryMode}",   FACT_TEXT,           SINCE_CONNECT, FORM_PLAIN, "i", NULL, NULL },
	{ "{if_name}",        FACT_TEXT,           SINCE_CONNECT, FORM_PLAIN, "localhost", NULL, NULL },
	{ "{client_addr}",    FACT_CLIENT_ADDRESS, SINCE_CONNECT, FORM_PLAIN, NULL, NULL, NULL },
	{ "{client_name}",    FACT_CLIENT_NAME,    SINCE_CONNECT, FORM_PLAIN, NULL, NULL, NULL },
	{ "{client_ptr}",     FACT_CLIENT_NAME,    SINCE_CONNECT, FORM_PLAIN, NULL, NULL, NULL },
	{ "{client_port}",    FACT_CLIENT_PORT,    SINCE_CONNECT, FORM_PLAIN, NULL, NULL, NULL },
	{ "{client_resolve}", FACT_CLIENT_RESOLVE, SINCE_CONNECT, FORM_PLAIN, NULL, NULL, NULL },
	{ "i",                FACT_QUEUE_ID,       SINCE_CONNECT,  FORM_PLAIN, NULL, NULL, NULL },
	{ "f",                FACT_SENDER_MAILED,  SINCE_MAIL,    FORM_PLAIN, NULL, NULL, NULL },
	{ "b",                FACT_DATE,           SINCE_CONNECT, FORM_PLAIN, NULL, NULL, NULL },
	{ "{mail_addr}",      FACT_SENDER_RESOLVED, SINCE_MAIL,   FORM_PLAIN, NULL, NULL, NULL },
	/* With the dot that sendmail's rules leave behind the domain. */
	{ "{mail_host}",      FACT_SENDER_DOMAIN,  SINCE_MAIL,    FORM_LOWER | FORM_DOT,   NULL, "", NULL },
	{ "{mail_mailer}",    FACT_TEXT,           SINCE_MAIL,    FORM_PLAIN, "esmtp", "local", NULL },
	{ "{auth_type}",      FACT_LOGIN_TYPE,     SINCE_CONNECT, FORM_PLAIN, "XCLIENT", NULL, NULL },
	{ "{auth_authen}",    FACT_LOGIN,          SINCE_CONNECT, FORM_PLAIN, NULL, NULL, NULL },
	{ "{auth_author}",    FACT_AUTH_AUTHOR,    SINCE_MAIL,    FORM_PLAIN, NULL, NULL, NULL },
	{ "{mail_from}",      FACT_SENDER_PATH,    SINCE_MAIL,    FORM_PLAIN, NULL, NULL, NULL },
	{ "{rcpt_addr}",      FACT_RCPT_RESOLVED,  AT_RCPT_FAR,   FORM_PLAIN, NULL, NULL, NULL },
	{ "{rcpt_host}",      FACT_RCPT_DOMAIN,    AT_RCPT_FAR,   FORM_LOWER | FORM_DOT,   NULL, NULL, NULL },
	{ "{rcpt_mailer}",    FACT_TEXT,           AT_RCPT_FAR,   FORM_PLAIN, "esmtp", NULL, NULL },
	{ "{rcpt_addr}",      FACT_RCPT_LOCAL,     AT_RCPT_DIRECT, FORM_PLAIN, NULL, NULL, NULL },
	{ "{rcpt_host}",      FACT_TEXT,           AT_RCPT_DIRECT, FORM_PLAIN, "5.7.1", NULL, NULL },
	{ "{rcpt_mailer}",    FACT_TEXT,           AT_RCPT_DIRECT, FORM_PLAIN, "error", NULL, NULL },
	/* A local recipient's is the mailbox, in lower case. */
	{ "{rcpt_addr}",      FACT_RCPT_LOCAL,     AT_RCPT,       FORM_LOWER, NULL, NULL, "550 5.1.1 User unknown" },
	{ "{rcpt_host}",      FACT_TEXT,           AT_RCPT,       FORM_PLAIN, "", NULL, "5.1.1" },
	{ "{rcpt_mailer}",    FACT_TEXT,           AT_RCPT,       FORM_PLAIN, "local", NULL, "error" },
	{ "{nrcpts}",         FACT_RCPT_COUNT,     SINCE_RCPT,    FORM_PLAIN, NULL, NULL, NULL },
	{ "{nrcpts}",          FACT_TEXT,           SINCE_MAIL,    FORM_PLAIN, "0", NULL, NULL },
	{ "{nbadrcpts}",      FACT_BAD_RCPT_COUNT, SINCE_RCPT,    FORM_PLAIN, NULL, NULL, NULL },
	{ "{nbadrcpts}",       FACT_TEXT,           SINCE_MAIL,    FORM_PLAIN, "0", NULL, NULL },
	{ "{ntries}",          FACT_TEXT,           SINCE_MAIL,    FORM_PLAIN, "0", NULL, NULL },
	{ "{dsn_envid}",       FACT_MAIL_PARAMETER, SINCE_MAIL,    FORM_PLAIN, "ENVID", NULL, NULL },
	{ "{dsn_ret}",         FACT_MAIL_PARAMETER, SINCE_MAIL,    FORM_PLAIN, "RET", NULL, NULL },
	{ "{dsn_notify}",      FACT_RCPT_PARAMETER, AT_RCPT,       FORM_PLAIN, "NOTIFY", NULL, NULL },
	{ "{msg_id}",         FACT_MSG_ID,         SINCE_MESSAGE, FORM_PLAIN, NULL, NULL, NULL },
	{ "{msg_size}",       FACT_MSG_SIZE,       SINCE_MESSAGE, FORM_PLAIN, NULL, NULL, NULL },
	{ "{msg_size}",        FACT_MAIL_PARAMETER, SINCE_MAIL,    FORM_PLAIN, "SIZE", NULL, NULL },
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
	struct slice domain = slice_without_last(a.domain, '.');

	if (slice_equal_nocase(domain, SLICE("localhost")) ||
	    slice_equal(domain, SLICE("[127.0.0.1]")))
		domain = f->host;
	facts_tight(a.local, out);
	if (domain.len != 0)
		put(out, SLICE("@"));
	facts_tight(domain, out);
}
