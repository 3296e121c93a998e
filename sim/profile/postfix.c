/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/profile/profile.h"

/* What Postfix does with filters: its milter/milter8.c, whatever the version. */

/* clang-format off */
#define NEXT    DO_NEXT
#define PASS    DO_PASS_MESSAGE
#define OUT     DO_PASS_SESSION
#define REJ     DO_REJECT
#define TEMP    DO_TEMPFAIL
#define REPLY   DO_REPLY
#define DISC    DO_DISCARD
#define SHUT    DO_SHUTDOWN
#define SKIP    DO_SKIP
#define MORE    DO_MORE
#define EDIT    DO_EDIT
#define HOLD    DO_HOLD
#define FAIL    DO_FAIL
/*
 * milter/milter8.c: milter8_event().  SHUTDOWN in the text throws the mail away:
 * cleanup/cleanup_milter.c sets a flag of another word than the one it means.
 */
const struct reactions postfix_reactions = { .at = {
	/*                c     a     r    t     y      d     s     p     edit  q     f     4     other empty */
	[CMD_CONNECT] = { NEXT, OUT,  REJ, TEMP, REPLY, NEXT, SKIP, MORE, FAIL, HOLD, FAIL, SHUT, FAIL, FAIL },
	[CMD_HELO]    = { NEXT, OUT,  REJ, TEMP, REPLY, NEXT, SKIP, MORE, FAIL, HOLD, FAIL, SHUT, FAIL, FAIL },
	[CMD_MAIL]    = { NEXT, PASS, REJ, TEMP, REPLY, DISC, SKIP, MORE, FAIL, HOLD, FAIL, SHUT, FAIL, FAIL },
	[CMD_RCPT]    = { NEXT, PASS, REJ, TEMP, REPLY, DISC, SKIP, MORE, FAIL, HOLD, FAIL, SHUT, FAIL, FAIL },
	[CMD_DATA]    = { NEXT, PASS, REJ, TEMP, REPLY, DISC, SKIP, MORE, FAIL, HOLD, FAIL, SHUT, FAIL, FAIL },
	[CMD_HEADER]  = { NEXT, PASS, REJ, TEMP, REPLY, DISC, SKIP, MORE, FAIL, HOLD, FAIL, DISC, FAIL, FAIL },
	[CMD_EOH]     = { NEXT, PASS, REJ, TEMP, REPLY, DISC, SKIP, MORE, FAIL, HOLD, FAIL, DISC, FAIL, FAIL },
	[CMD_BODY]    = { NEXT, PASS, REJ, TEMP, REPLY, DISC, SKIP, MORE, FAIL, HOLD, FAIL, DISC, FAIL, FAIL },
	[CMD_BODYEOB] = { NEXT, PASS, REJ, TEMP, REPLY, DISC, SKIP, MORE, EDIT, EDIT, FAIL, DISC, FAIL, FAIL },
	[CMD_UNKNOWN] = { NEXT, PASS, REJ, TEMP, REPLY, DISC, SKIP, MORE, FAIL, HOLD, FAIL, SHUT, FAIL, FAIL },
} };

/*
 * smtpd/smtpd.c: mail_reset() tells of the end of whatever MAIL began, and
 * helo_reset() of the end of a HELO, with the same packet.
 */
#define ABORTS { .packets = { [STANDING_IN_MESSAGE] = "A" } }
#define QUITS  { .greeted = "A", .packets = { "Q", "AQ", "AQ" }, .closes = true }
const struct farewell postfix_endings[N_ENDINGS] = {
	[ENDING_GREETING]     = { .closes = false },
	[ENDING_PASSED]       = { .closes = true },
	[ENDING_MAIL]         = ABORTS,
	[ENDING_MESSAGE]      = ABORTS,
	[ENDING_LOST]         = ABORTS,
	[ENDING_BARE]         = QUITS,
	[ENDING_DISCARDED]    = ABORTS,
	[ENDING_RSET]         = ABORTS,
	[ENDING_HELO]         = { .greeted = "A", .packets = { [STANDING_IN_MESSAGE] = "A" }, .after = true },
	[ENDING_QUIT]         = QUITS,
	[ENDING_DROP]         = QUITS,
	[ENDING_DROP_IN_TEXT] = QUITS,
};

/* milter_*_macros of global/mail_params.h; MACRO precedes every packet, empty or not. */
#define MACROS(names, list) { names, list, SYMLIST_REPLACES, true, true, SYMLIST_NONE }
#define CONTENT(names, list) { names, list, SYMLIST_REPLACES, true, false, SYMLIST_NONE }
const struct macro_rule postfix_macros[N_COMMANDS] = {
	[CMD_CONNECT] = MACROS("j {daemon_name} {daemon_addr} v _", SYMLIST_CONNECT),
	[CMD_HELO]    = MACROS("{tls_version} {cipher} {cipher_bits} {cert_subject} {cert_issuer}", SYMLIST_HELO),
	[CMD_MAIL]    = MACROS("i {auth_type} {auth_authen} {auth_author} {mail_addr} {mail_host} {mail_mailer}", SYMLIST_MAIL),
	[CMD_RCPT]    = MACROS("i {rcpt_addr} {rcpt_host} {rcpt_mailer}", SYMLIST_RCPT),
	[CMD_DATA]    = MACROS("i", SYMLIST_DATA),
	/* What a filter does not want of the content is not announced to it either. */
	[CMD_HEADER]  = CONTENT("i", SYMLIST_EOH),
	[CMD_EOH]     = CONTENT("i", SYMLIST_EOH),
	[CMD_BODY]    = CONTENT("i", SYMLIST_EOM),
	[CMD_BODYEOB] = MACROS("i", SYMLIST_EOM),
	[CMD_UNKNOWN] = MACROS("", SYMLIST_NONE),
};

/* smtpd/smtpd_milter.c, cleanup/cleanup_milter.c */
const struct macro postfix_macro_values[] = {
	{ "j",                FACT_HOST,           SINCE_CONNECT, FORM_PLAIN, NULL, NULL, NULL },
	{ "_",                FACT_CLIENT_SHOWN,   SINCE_CONNECT, FORM_PLAIN, NULL, NULL, NULL },
	{ "v",                FACT_VERSION,        SINCE_CONNECT, FORM_PLAIN, NULL, NULL, NULL },
	{ "{daemon_name}",    FACT_HOST,           SINCE_CONNECT, FORM_PLAIN, NULL, NULL, NULL },
	{ "{daemon_addr}",    FACT_DAEMON_ADDRESS, SINCE_CONNECT, FORM_PLAIN, NULL, NULL, NULL },
	{ "{daemon_port}",    FACT_DAEMON_PORT,    SINCE_CONNECT, FORM_PLAIN, NULL, NULL, NULL },
	{ "{client_addr}",    FACT_CLIENT_LITERAL, SINCE_CONNECT, FORM_PLAIN, NULL, NULL, NULL },
	{ "{client_name}",    FACT_CLIENT_KNOWN,   SINCE_CONNECT, FORM_PLAIN, NULL, NULL, NULL },
	{ "{client_ptr}",     FACT_CLIENT_PTR,     SINCE_CONNECT, FORM_PLAIN, NULL, NULL, NULL },
	{ "{client_port}",    FACT_CLIENT_PORT,    SINCE_CONNECT, FORM_PLAIN, NULL, NULL, NULL },
	{ "{client_resolve}", FACT_CLIENT_RESOLVE, BEFORE_TEXT,   FORM_PLAIN, NULL, NULL, NULL },
	{ "{client_connections}", FACT_TEXT,       BEFORE_TEXT,   FORM_PLAIN, "1", NULL, NULL },
	{ "i",                FACT_QUEUE_ID,       SINCE_RCPT_TAKEN, FORM_PLAIN, NULL, NULL, NULL },
	{ "{auth_type}",      FACT_LOGIN_TYPE,     SINCE_CONNECT, FORM_PLAIN, "XCLIENT", NULL, NULL },
	{ "{auth_authen}",    FACT_LOGIN,          SINCE_CONNECT, FORM_PLAIN, NULL, NULL, NULL },
	{ "{auth_author}",    FACT_AUTH_AUTHOR_NAMED, SINCE_MAIL,    FORM_PLAIN, NULL, NULL, NULL },
	{ "{mail_addr}",      FACT_SENDER_COMPLETE, IN_ENVELOPE,  FORM_PLAIN, NULL, NULL, NULL },
	{ "{mail_host}",      FACT_SENDER_HOP,     IN_ENVELOPE,   FORM_PLAIN, NULL, NULL, NULL },
	{ "{mail_mailer}",    FACT_TEXT,           IN_ENVELOPE,   FORM_PLAIN, "smtp", "local", NULL },
	{ "{rcpt_addr}",      FACT_RCPT_COMPLETE,  AT_RCPT,       FORM_PLAIN, NULL, NULL, "Recipient address rejected: User unknown in local recipient table" },
	{ "{rcpt_addr}",      FACT_FIRST_RCPT,     AT_DATA,       FORM_PLAIN, NULL, NULL, NULL },
	{ "{rcpt_host}",      FACT_RCPT_HOP,       AT_RCPT,       FORM_PLAIN, NULL, NULL, "5.1.1" },
	{ "{rcpt_host}",      FACT_FIRST_RCPT_HOP, AT_DATA,       FORM_PLAIN, NULL, NULL, NULL },
	{ "{rcpt_mailer}",    FACT_TEXT,           AT_RCPT,       FORM_PLAIN, "smtp", "local", "error" },
	{ "{rcpt_mailer}",    FACT_TEXT,           AT_DATA,       FORM_PLAIN, "smtp", "local", NULL },
	{ .name = NULL },
};
/* clang-format on */
