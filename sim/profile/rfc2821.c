/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/profile/profile.h"

/*
 * The words of the sample sessions in RFC 2821 appendix D.  Where the samples
 * are silent the words are ours, and the codes are those of section 4.2.2.
 */

/* clang-format off */
static const struct phrase say[N_SAY] = {
	[SAY_GREETING]           = { "220", NULL,    "%h Simple Mail Transfer Service Ready" },
	[SAY_HELO]               = { "250", NULL,    "%h greets %n" },
	[SAY_EHLO]               = { "250", NULL,    "%h greets %n" },
	[SAY_MAIL_OK]            = { "250", "2.1.0", "OK" },
	[SAY_RCPT_OK]            = { "250", "2.1.5", "OK" },
	[SAY_DATA_GO]            = { "354", NULL,    "Start mail input; end with <CRLF>.<CRLF>" },
	[SAY_MESSAGE_OK]         = { "250", "2.0.0", "OK" },
	[SAY_RSET_OK]            = { "250", "2.0.0", "OK" },
	[SAY_NOOP_OK]            = { "250", "2.0.0", "OK" },
	[SAY_HELP]               = { "214", "2.0.0", "EHLO HELO MAIL RCPT DATA RSET NOOP VRFY EXPN HELP QUIT" },
	[SAY_VRFY]               = { "250", "2.1.5", "%x" },
	[SAY_VRFY_OFF]           = { "252", "2.5.2", "Cannot VRFY user, but will accept message and attempt delivery" },
	[SAY_EXPN_OFF]           = { "502", "5.7.0", "EXPN is not offered" },
	[SAY_QUIT]               = { "221", "2.0.0", "%h Service closing transmission channel" },

	[SAY_NO_SUCH_USER]       = { "550", "5.1.1", "No such user here" },
	[SAY_UNKNOWN_COMMAND]    = { "500", "5.5.1", "Syntax error, command unrecognized" },
	[SAY_HELO_ARGUMENT]      = { "501", "5.5.4", "Syntax error: HELO and EHLO want a domain" },
	[SAY_HELO_DOMAIN]        = { "501", "5.5.4", "Syntax error: not a domain name" },
	[SAY_MAIL_SYNTAX]        = { "501", "5.5.4", "Syntax error: MAIL FROM:<address>" },
	[SAY_RCPT_SYNTAX]        = { "501", "5.5.4", "Syntax error: RCPT TO:<address>" },
	[SAY_BAD_PATH]           = { "501", "5.1.7", "Syntax error in the address" },
	[SAY_BAD_PARAMETER]      = { "501", "5.5.4", "Syntax error in the parameters" },
	[SAY_UNKNOWN_PARAMETER]  = { "555", "5.5.4", "Parameter not recognized or not implemented: %x" },
	[SAY_BAD_VALUE]          = { "501", "5.5.4", "Syntax error in parameter %x" },
	[SAY_UNWANTED_ARGUMENT]  = { "501", "5.5.4", "Syntax error: no argument allowed" },
	[SAY_NEED_HELO]          = { "503", "5.5.1", "Bad sequence of commands: EHLO or HELO first" },
	[SAY_NESTED_MAIL]        = { "503", "5.5.1", "Bad sequence of commands: sender already given" },
	[SAY_RCPT_BEFORE_MAIL]   = { "503", "5.5.1", "Bad sequence of commands: MAIL first" },
	[SAY_DATA_BEFORE_MAIL]   = { "503", "5.5.1", "Bad sequence of commands: MAIL first" },
	[SAY_DATA_BEFORE_RCPT]   = { "503", "5.5.1", "Bad sequence of commands: no valid recipients" },
	[SAY_TOO_MANY_RCPTS]     = { "452", "4.5.3", "Too many recipients" },
	[SAY_TOO_MANY_ERRORS]    = { "421", "4.7.0", "%h Too many errors, closing transmission channel" },
	[SAY_LINE_TOO_LONG]      = { "500", "5.5.2", "Line too long" },
	[SAY_TEXT_LINE_TOO_LONG] = { "500", "5.5.2", "Line too long in message text" },
	[SAY_MESSAGE_TOO_BIG]    = { "552", "5.3.4", "Message size exceeds fixed maximum message size" },
	[SAY_HEADER_TOO_LARGE]   = { "552", "5.6.0", "Headers too large" },
	[SAY_STORAGE]            = { "452", "4.3.1", "Insufficient system storage" },
	[SAY_BARE_CR]            = { "421", "4.5.0", "Bare carriage return (CR) not allowed" },
	[SAY_BARE_LF]            = { "421", "4.5.0", "Bare linefeed (LF) not allowed" },
	[SAY_NUL]                = { "554", "5.6.1", "NUL byte not allowed" },
	[SAY_COMMAND_BARE_CR]    = { "500", "5.5.2", "Bare carriage return (CR) not allowed" },
	[SAY_COMMAND_BARE_LF]    = { "500", "5.5.2", "Bare linefeed (LF) not allowed" },
	[SAY_COMMAND_NUL]        = { "500", "5.5.2", "NUL byte not allowed" },
	[SAY_TIMEOUT]            = { "421", "4.4.2", "%h Timeout, closing transmission channel" },
	[SAY_STOPPING]           = { "421", "4.3.2", "%h Service not available, closing transmission channel" },
	[SAY_TOO_MANY_SESSIONS]  = { "421", "4.3.2", "%h Too many sessions, try again later" },
	[SAY_DELIVERY_FAILED]    = { "451", "4.3.0", "Local error in processing" },

	[SAY_GREETING_REFUSED]   = { "554", NULL,    "%h No SMTP service here" },
	[SAY_SESSION_REFUSED]    = { "550", "5.7.1", "Command rejected" },
	[SAY_REJECT_PATH]        = { "550", "5.7.1", "Command rejected" },
	[SAY_REJECT_COMMAND]     = { "550", "5.7.1", "Command rejected" },
	[SAY_REJECT_MESSAGE]     = { "554", "5.7.1", "Command rejected" },
	[SAY_TEMPFAIL]           = { "451", "4.3.2", "Please try again later" },
	[SAY_SHUTDOWN]           = { "421", "4.7.0", "%h Service closing transmission channel" },
	[SAY_SHUTDOWN_ENVELOPE]  = { "421", "4.7.0", "%h Service closing transmission channel" },
};
/* clang-format on */

const struct profile profile_rfc2821 = {
	.name = "rfc2821",
	.version = PACKAGE_VERSION,
	.say = say,
	.announced = "8BITMIME SIZE DSN HELP",
	.announced_refused = "HELP",
	.helo_needed = true,
	.text_line_max = 1000, /* RFC 5321 4.5.3.1.6 */
	.closing_codes = "421",
	.refusals = sendmail_refusals,
	.habits = SENDMAIL_HABITS,
	.macro_values = sendmail_macro_values,
	.shown = "%n [%a]",
	.shown_unnamed = "[%a]",
	.queue_id = sendmail_queue_id,
	.inet6 = sendmail_inet6,
	.received = sendmail_received,
};
