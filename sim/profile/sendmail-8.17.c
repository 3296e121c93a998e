/* SPDX-License-Identifier: BSD-2-Clause */
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
	[SAY_VRFY_BAD]           = { "550", "5.1.1", "%x... User unknown" },
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
	[SAY_NO_HOST]            = { "553", "5.1.3", "%a... Hostname required" },
	[SAY_NO_USER]            = { "553", "5.1.3", "%a... User address required" },
	[SAY_NO_ADDRESS]         = { "553", "5.1.3", "%a... List:; syntax illegal for recipient addresses" },
	[SAY_HOST_COLON]         = { "553", "5.1.3", "%a... Colon illegal in host name part" },
	[SAY_LONG_WORD]          = { "553", "5.1.0", "%a... prescan: token too long" },
	[SAY_BAD_HOST]           = { "553", "5.1.2", "%a... Invalid host name" },
	[SAY_BAD_RCPT_HOST]      = { "553", "5.1.2", "%a... Invalid host name" },
	[SAY_BAD_SIZE]           = { "552", "5.2.3", "Message size invalid" },
	[SAY_SIZE_TOO_LARGE]     = { "552", "5.2.3", "Message size exceeds maximum value" },
	[SAY_NO_VALUE_BEHIND]    = { "501", "5.5.2", "%x= requires a value" },
	[SAY_BAD_XTEXT]          = { "501", "5.5.4", "Syntax error in %x parameter value" },
	[SAY_BAD_BY]             = { "501", NULL,    "%x" },
	[SAY_UNWANTED_ARGUMENT]  = { "501", "5.0.0", "Syntax error, no parameters allowed" },
	[SAY_NEED_HELO]          = { "503", "5.0.0", "Polite people say HELO first" },
	[SAY_NESTED_MAIL]        = { "503", "5.5.0", "Sender already specified" },
	[SAY_RCPT_BEFORE_MAIL]   = { "503", "5.0.0", "Need MAIL before RCPT" },
	[SAY_DATA_BEFORE_MAIL]   = { "503", "5.0.0", "Need MAIL command" },
	[SAY_DATA_BEFORE_RCPT]   = { "503", "5.0.0", "Need RCPT (recipient)" },
	[SAY_TOO_MANY_RCPTS]     = { "452", "4.5.3", "Too many recipients" },
	[SAY_TOO_MANY_ERRORS]    = { "421", "4.7.0", "%h Too many bad commands; closing connection" },
	[SAY_LINE_TOO_LONG]      = { "421", "4.7.0", "%h Command too long, possible attack %c" },
	[SAY_FORBIDDEN]          = { "421", "4.7.0", "%h Rejecting open proxy %c" },
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
/* srvrsmtp.c: mail_esmtp_args(), rcpt_esmtp_args() */
static const struct parameter_rule parameters[] = {
	{ "SIZE",   false, NULL,        FORM_BEGINS,      NULL,            SAY_NO_VALUE,        SAY_BAD_SIZE,   0, false },
	{ "BODY",   false, NULL,        FORM_WORD,        "7BIT 8BITMIME", SAY_NO_VALUE,        SAY_BAD_BODY,   0, false },
	{ "RET",    false, "DSN",       FORM_WORD,        "FULL HDRS",     SAY_NO_VALUE,        SAY_BAD_RET,    SAY_DUPLICATE_PARAMETER, true },
	{ "ENVID",  false, "DSN",       FORM_XTEXT_LOOSE, NULL,            SAY_NO_VALUE,        SAY_BAD_XTEXT,  SAY_DUPLICATE_PARAMETER, true },
	{ "AUTH",   false, NULL,        FORM_XTEXT_LOOSE, NULL,            SAY_NO_VALUE_BEHIND, SAY_BAD_XTEXT,  SAY_DUPLICATE_PARAMETER, true },
	{ "BY",     false, "DELIVERBY", FORM_BY,          NULL,            SAY_NO_VALUE_BEHIND, SAY_BAD_BY,     0, false },
	{ "NOTIFY", true,  "DSN",       FORM_NOTIFY,      NULL,            SAY_NO_VALUE,        SAY_BAD_NOTIFY, 0, false },
	{ "ORCPT",  true,  "DSN",       FORM_ORCPT_LOOSE, NULL,            SAY_NO_VALUE,        SAY_BAD_ORCPT,  SAY_DUPLICATE_PARAMETER, false },
	{ NULL,     false, NULL,        FORM_ANY,         NULL,            0, 0, 0, false },
};
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
	{ "VERB",     { "250", "2.0.0", "Verbose mode" }, { "250", "2.0.0", "Verbose mode" }, GUARDED_NEVER, NULL, NULL, false },
	{ "SEND", NOT_IMPLEMENTED, NOT_IMPLEMENTED, GUARDED_NEVER, NULL, NULL, false },
	{ "SAML", NOT_IMPLEMENTED, NOT_IMPLEMENTED, GUARDED_NEVER, NULL, NULL, false },
	{ "SOML", NOT_IMPLEMENTED, NOT_IMPLEMENTED, GUARDED_NEVER, NULL, NULL, false },
	{ "TURN", NOT_IMPLEMENTED, NOT_IMPLEMENTED, GUARDED_NEVER, NULL, NULL, false },
	{ NULL, { NULL, NULL, NULL }, { NULL, NULL, NULL }, GUARDED_NEVER, NULL, NULL, false },
};
/* clang-format on */

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
	.empty_lost = true, /* headers.c: chompheader(), of fields with a default */
	.line_max = 2048,   /* MAXLINE */
	.leading_blanks = true,
	.forbidden_words = "GET POST CONNECT USER",
	.forbidden_first = true,
	.topic_max = 10,
	.arguments_ignored = true,
	.verifies = true,
	.first_spelling = true,
	.errors_max = 25, /* MAXBADCOMMANDS */
	.only_unknown_counts = true,
	.bare_paths = true,
	.routes = true,
	.loose_paths = true,
	.early_ehlo = true,
	.seven_bits = true,
	.null_rcpt_last = true,
	.replies_wait = true, /* sm_io_autoflush() */
	.parameters = parameters,
	.parameters_cut = true, /* parse_esmtp_args() */
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
