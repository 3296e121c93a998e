/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/profile/profile.h"

/*
 * No MTA but what all of them have in common: a milter that serve finds good
 * under this profile is good with each.  An answer that sendmail and Postfix
 * take for two things fails the filter, so does what only one of them forgives;
 * a macro is told only where both tell it.  t/unit/check_profile.c holds the
 * reactions against those of the two.  The words are rfc2821's.
 */

/* clang-format off */
#define NEXT    DO_NEXT
#define PASS    DO_PASS_MESSAGE
#define OUT     DO_PASS_SESSION
#define REJ     DO_REJECT
#define TEMP    DO_TEMPFAIL
#define REPLY   DO_REPLY
#define DISC    DO_DISCARD
#define NOBODY  DO_NO_BODY
#define MORE    DO_MORE
#define EDIT    DO_EDIT
#define FAIL    DO_FAIL
static const struct reactions reactions = { .at = {
	/*                c     a     r    t     y      d     s       p     edit  q     f     4     other empty */
	[CMD_CONNECT] = { NEXT, OUT,  REJ, TEMP, REPLY, FAIL, FAIL,   FAIL, FAIL, FAIL, FAIL, FAIL, FAIL, FAIL },
	[CMD_HELO]    = { NEXT, OUT,  REJ, TEMP, REPLY, FAIL, FAIL,   FAIL, FAIL, FAIL, FAIL, FAIL, FAIL, FAIL },
	[CMD_MAIL]    = { NEXT, PASS, REJ, TEMP, REPLY, DISC, FAIL,   FAIL, FAIL, FAIL, FAIL, FAIL, FAIL, FAIL },
	[CMD_RCPT]    = { NEXT, PASS, REJ, TEMP, REPLY, DISC, FAIL,   FAIL, FAIL, FAIL, FAIL, FAIL, FAIL, FAIL },
	[CMD_DATA]    = { NEXT, PASS, REJ, TEMP, REPLY, DISC, FAIL,   FAIL, FAIL, FAIL, FAIL, FAIL, FAIL, FAIL },
	[CMD_HEADER]  = { NEXT, PASS, REJ, TEMP, REPLY, DISC, FAIL,   FAIL, FAIL, FAIL, FAIL, FAIL, FAIL, FAIL },
	[CMD_EOH]     = { NEXT, PASS, REJ, TEMP, REPLY, DISC, FAIL,   FAIL, FAIL, FAIL, FAIL, FAIL, FAIL, FAIL },
	[CMD_BODY]    = { NEXT, PASS, REJ, TEMP, REPLY, DISC, NOBODY, FAIL, FAIL, FAIL, FAIL, FAIL, FAIL, FAIL },
	[CMD_BODYEOB] = { NEXT, PASS, REJ, TEMP, REPLY, DISC, FAIL,   MORE, EDIT, EDIT, FAIL, FAIL, FAIL, FAIL },
	/* ACCEPT and DISCARD here are the end of a session with Postfix. */
	[CMD_UNKNOWN] = { NEXT, FAIL, REJ, TEMP, REPLY, FAIL, FAIL,   FAIL, FAIL, FAIL, FAIL, FAIL, FAIL, FAIL },
} };

#define MACROS(names, list) { names, list, SYMLIST_FILTERS, true, true, SYMLIST_NONE }
#define NONE { NULL, SYMLIST_NONE, SYMLIST_IGNORED, false, false, SYMLIST_NONE }
static const struct macro_rule macros[N_COMMANDS] = {
	[CMD_CONNECT] = MACROS("j _ {daemon_name}", SYMLIST_CONNECT),
	[CMD_HELO]    = MACROS("{tls_version} {cipher} {cipher_bits} {cert_subject} {cert_issuer}", SYMLIST_HELO),
	[CMD_MAIL]    = MACROS("{auth_type} {auth_authen} {mail_mailer} {mail_host} {mail_addr}", SYMLIST_MAIL),
	[CMD_RCPT]    = MACROS("{rcpt_mailer} {rcpt_host} {rcpt_addr}", SYMLIST_RCPT),
	[CMD_DATA]    = NONE,
	[CMD_HEADER]  = NONE,
	[CMD_EOH]     = NONE,
	[CMD_BODY]    = NONE,
	[CMD_BODYEOB] = NONE,
	[CMD_UNKNOWN] = NONE,
};
/* clang-format on */

const struct profile profile_strict = {
	.name = "strict",
	.version = PACKAGE_VERSION,
	.say = rfc2821_say,
	.parameters = rfc2821_parameters,
	.announced = "8BITMIME SIZE DSN HELP",
	.announced_refused = "HELP",
	.software = PACKAGE_NAME " " PACKAGE_VERSION,
	.helo_needed = true,
	.errors_max = 20,
	.text_line_max = 1000, /* RFC 5321 4.5.3.1.6 */
	.closing_codes = "421",
	.refusals = sendmail_refusals,
	.refused_words = "MAIL RCPT DATA",
	.habits = {
		.offer = {
			.version = PROTOCOL_VERSION,
			.actions = ACTIONS_ALL,
			.protocol = PROTO_ALL,
			.version_min = PROTOCOL_VERSION_MIN,
			.version_max = PROTOCOL_VERSION,
			.actions_fatal = UINT32_MAX,
			.protocol_fatal = UINT32_MAX,
			.unsent = {
				[2] = KIND_BIT(CMD_UNKNOWN) | KIND_BIT(CMD_DATA),
				[3] = KIND_BIT(CMD_DATA),
			},
		},
		.reactions = &reactions,
		.endings = sendmail_endings,
		.macros = macros,
		.reply = {
			.percent = PERCENT_DOUBLED,
			.class_must_match = true,
			.nul_needed = true,
			.blank_needed = true,
			.spoilt = DO_MISCONFIGURED,
		},
		.edit = {
			.field_max = 32 * 1024,
			.unasked_reaction = DO_FAIL,
			.malformed = DO_FAIL,
			.body_at_once = true,
			.case_matters = true,
			.missing = FIELD_LAST, .beyond = FIELD_LAST,
		},
		.skip_needs_bit = true,
		.payload_spoils = true,
		.discard_hides = MOMENT_BIT(MOMENT_MAIL) | MOMENT_BIT(MOMENT_RCPT) |
				 MOMENT_BIT(MOMENT_DATA) | MOMENT_BIT(MOMENT_MESSAGE) |
				 MOMENT_BIT(MOMENT_UNKNOWN),
	},
	.macro_values = sendmail_macro_values,
	.early_id = true,
	.shown = "%n [%a]",
	.shown_unnamed = "[%a]",
	.queue_id = sendmail_queue_id,
	.received = sendmail_received,
};
