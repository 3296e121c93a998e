/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/profile/profile.h"

/*
 * sendmail 8.17.1.9 as Debian 12 builds it, its words as measured.  Those that
 * no recording shows are sendmail's texts where known, else in its manner.
 */

/* clang-format off */
static const struct phrase say[N_SAY] = {
	[SAY_GREETING]           = { "220", NULL,    "%h ESMTP Sendmail 8.17.1.9/8.17.1.9/Debian-2+deb12u2; %t" },
	[SAY_HELO]               = { "250", NULL,    "%h Hello %c, pleased to meet you" },
	[SAY_EHLO]               = { "250", NULL,    "%h Hello %c, pleased to meet you" },
	[SAY_MAIL_OK]            = { "250", "2.1.0", "%a... Sender ok" },
	[SAY_RCPT_OK]            = { "250", "2.1.5", "%a... Recipient ok" },
	[SAY_DATA_GO]            = { "354", NULL,    "End data with <CR><LF>.<CR><LF>" },
	[SAY_MESSAGE_OK]         = { "250", "2.0.0", "%q Message accepted for delivery" },
	[SAY_RSET_OK]            = { "250", "2.0.0", "Reset state" },
	[SAY_NOOP_OK]            = { "250", "2.0.0", "OK" },
	[SAY_HELP]               = { "214", "2.0.0", "HELO EHLO MAIL RCPT DATA RSET NOOP QUIT HELP VRFY EXPN" },
	[SAY_VRFY]               = { "250", "2.1.5", "%x" },
	[SAY_VRFY_OFF]           = { "252", "2.5.2", "Cannot VRFY user; try RCPT to attempt delivery (or try finger)" },
	[SAY_EXPN_OFF]           = { "502", "5.7.0", "Sorry, we do not allow this operation" },
	[SAY_QUIT]               = { "221", "2.0.0", "%h closing connection" },

	[SAY_NO_SUCH_USER]       = { "550", "5.1.1", "%a... User unknown" },
	[SAY_UNKNOWN_COMMAND]    = { "500", "5.5.1", "Command unrecognized: \"%x\"" },
	[SAY_HELO_ARGUMENT]      = { "501", "5.0.0", "%x requires domain address" },
	[SAY_HELO_DOMAIN]        = { "501", "5.0.0", "Invalid domain name" },
	[SAY_MAIL_SYNTAX]        = { "501", "5.5.2", "Syntax error in parameters scanning \"FROM\"" },
	[SAY_RCPT_SYNTAX]        = { "501", "5.5.2", "Syntax error in parameters scanning \"TO\"" },
	[SAY_BAD_PATH]           = { "553", "5.0.0", "%x... User address required" },
	[SAY_BAD_PARAMETER]      = { "501", "5.5.4", "Syntax error in the parameters" },
	[SAY_UNKNOWN_PARAMETER]  = { "555", "5.5.4", "%x parameter unrecognized" },
	[SAY_BAD_VALUE]          = { "501", "5.5.4", "Bad argument to %x" },
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
	[SAY_HEADER_TOO_LARGE]   = { "552", "5.6.0", "Headers too large (32768 max)" },
	[SAY_STORAGE]            = { "452", "4.4.5", "Insufficient disk space; try again later" },
	[SAY_BARE_CR]            = { "421", "4.5.0", "Bare carriage return (CR) not allowed" },
	[SAY_BARE_LF]            = { "421", "4.5.0", "Bare linefeed (LF) not allowed" },
	[SAY_NUL]                = { "554", "5.6.1", "NUL byte not allowed" },
	[SAY_COMMAND_BARE_CR]    = { "500", "5.5.2", "Bare carriage return (CR) not allowed" },
	[SAY_COMMAND_BARE_LF]    = { "500", "5.5.2", "Bare linefeed (LF) not allowed" },
	[SAY_COMMAND_NUL]        = { "500", "5.5.2", "NUL byte not allowed" },
	[SAY_TIMEOUT]            = { "421", "4.4.1", "%h Lost input channel: timeout" },
	[SAY_STOPPING]           = { "421", "4.3.2", "%h shutting down, closing connection" },
	[SAY_TOO_MANY_SESSIONS]  = { "421", "4.3.2", "%h Too many open connections." },
	[SAY_DELIVERY_FAILED]    = { "451", "4.3.0", "Local error in processing" },

	[SAY_GREETING_REFUSED]   = { "554", NULL,    "%h ESMTP not accepting messages" },
	[SAY_SESSION_REFUSED]    = { "550", "5.0.0", "Command rejected" },
	[SAY_REJECT_PATH]        = { "550", "5.7.1", "%a... Command rejected" },
	[SAY_REJECT_COMMAND]     = { "550", "5.7.1", "Command rejected" },
	[SAY_REJECT_MESSAGE]     = { "554", "5.7.1", "Command rejected" },
	[SAY_TEMPFAIL]           = { "451", "4.3.2", "Please try again later" },
	[SAY_SHUTDOWN]           = { "421", "4.7.0", "%h closing connection" },
	[SAY_SHUTDOWN_ENVELOPE]  = { "421", "4.3.0", "closing connection" },
};
/* clang-format on */

const struct profile profile_sendmail_8_17 = {
	.name = "sendmail-8.17",
	.version = "8.17.1.9",
	.say = say,
	.announced = "ENHANCEDSTATUSCODES PIPELINING EXPN VERB 8BITMIME SIZE DSN ETRN "
		     "DELIVERBY HELP",
	.announced_refused = "ENHANCEDSTATUSCODES",
	.bare_paths = true,
	.path_in_replies = true,
	.complete_replies = true,
	.habits = SENDMAIL_HABITS,
};
