/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/profile/profile.h"

#include <limits.h>

#include "base/put.h"

/*
 * Postfix 3.7.11 as Debian 12 builds it, with its stock main.cf.  Its words and
 * ways as recorded; a comment names the file of its sources that says why.
 */

/* clang-format off */
/* smtpd/smtpd.c, smtpd/smtpd_check.c, global/cleanup_strerror.c */
static const struct phrase say[N_SAY] = {
	[SAY_GREETING]           = { "220", NULL,    "%h ESMTP Postfix" },
	[SAY_HELO]               = { "250", NULL,    "%h" },
	[SAY_EHLO]               = { "250", NULL,    "%h" },
	[SAY_MAIL_OK]            = { "250", "2.1.0", "Ok" },
	[SAY_RCPT_OK]            = { "250", "2.1.5", "Ok" },
	[SAY_DATA_GO]            = { "354", NULL,    "End data with <CR><LF>.<CR><LF>" },
	[SAY_MESSAGE_OK]         = { "250", "2.0.0", "Ok: queued as %q" },
	[SAY_RSET_OK]            = { "250", "2.0.0", "Ok" },
	[SAY_NOOP_OK]            = { "250", "2.0.0", "Ok" },
	[SAY_VRFY_OFF]           = { "252", "2.0.0", "%x" },
	[SAY_VRFY_SYNTAX]        = { "501", "5.5.4", "Syntax: VRFY address [SMTPUTF8]" },
	[SAY_QUIT]               = { "221", "2.0.0", "Bye" },

	[SAY_NO_SUCH_USER]       = { "550", "5.1.1", "<%b>: Recipient address rejected: User unknown in local recipient table" },
	[SAY_UNKNOWN_COMMAND]    = { "500", "5.5.2", "Error: command not recognized" },
	[SAY_HELO_ARGUMENT]      = { "501", NULL,    "Syntax: %x hostname" },
	[SAY_MAIL_SYNTAX]        = { "501", "5.5.4", "Syntax: MAIL FROM:<address>" },
	[SAY_RCPT_SYNTAX]        = { "501", "5.5.4", "Syntax: RCPT TO:<address>" },
	[SAY_BAD_PATH]           = { "501", "5.1.7", "Bad sender address syntax" },
	[SAY_BAD_RCPT_PATH]      = { "501", "5.1.3", "Bad recipient address syntax" },
	[SAY_BAD_PARAMETER]      = { "555", "5.5.4", "Unsupported option: %p" },
	[SAY_UNKNOWN_PARAMETER]  = { "555", "5.5.4", "Unsupported option: %p" },
	[SAY_BAD_RET]            = { "501", "5.5.4", "Bad RET parameter syntax" },
	[SAY_BAD_NOTIFY]         = { "501", "5.5.4", "Error: Bad NOTIFY parameter syntax" },
	[SAY_BAD_ORCPT]          = { "501", "5.5.4", "Error: Bad ORCPT parameter syntax" },
	[SAY_DUPLICATE_AUTH]     = { "503", "5.5.4", "Error: multiple AUTH= options" },
	[SAY_DUPLICATE_PARAMETER] = { "501", "5.5.4", "Bad %x parameter syntax" },
	[SAY_BAD_HOST]           = { "501", "5.1.7", "Bad sender address syntax" },
	[SAY_BAD_RCPT_HOST]      = { "501", "5.1.3", "Bad recipient address syntax" },
	[SAY_BAD_SIZE]           = { "501", "5.5.4", "Bad message size syntax" },
	[SAY_SIZE_TOO_LARGE]     = { "552", "5.3.4", "Message size exceeds file system imposed limit" },
	[SAY_BAD_XTEXT]          = { "501", "5.5.4", "Bad %x parameter syntax" },
	[SAY_UNWANTED_ARGUMENT]  = { "501", "5.5.4", "Syntax: %p" },
	[SAY_NESTED_MAIL]        = { "503", "5.5.1", "Error: nested MAIL command" },
	[SAY_RCPT_BEFORE_MAIL]   = { "503", "5.5.1", "Error: need MAIL command" },
	[SAY_DATA_BEFORE_MAIL]   = { "503", "5.5.1", "Error: need RCPT command" },
	[SAY_DATA_BEFORE_RCPT]   = { "554", "5.5.1", "Error: no valid recipients" },
	[SAY_TOO_MANY_RCPTS]     = { "452", "4.5.3", "Error: too many recipients" },
	[SAY_TOO_MANY_ERRORS]    = { "421", "4.7.0", "%h Error: too many errors" },
	[SAY_FORBIDDEN]          = { "221", "2.7.0", "Error: I can break rules, too. Goodbye." },
	[SAY_MESSAGE_TOO_BIG]    = { "552", "5.3.4", "Message size exceeds fixed limit" },
	[SAY_NO_SPACE]           = { "552", "5.3.4", "Message size exceeds fixed limit" },
	[SAY_HEADER_TOO_LARGE]   = { "552", "5.3.4", "Error: message file too big" },
	[SAY_TOO_MANY_HOPS]      = { "554", "5.4.0", "Error: too many hops" },
	[SAY_STORAGE]            = { "452", "4.3.1", "Insufficient system storage" },
	[SAY_COMMAND_NOT_UTF8]   = { "500", "5.5.2", "Error: bad UTF-8 syntax" },
	[SAY_TIMEOUT]            = { "421", "4.4.2", "%h Error: timeout exceeded" },
	[SAY_STOPPING]           = { "421", "4.3.2", "Service shutting down and closing transmission channel" },
	[SAY_TOO_MANY_SESSIONS]  = { "421", "4.7.0", "%h Error: too many connections from %m" },
	[SAY_DELIVERY_FAILED]    = { "451", "4.3.0", "Error: queue file write error" },

	[SAY_CHUNK_OK]           = { "250", "2.0.0", "Ok: %x bytes" },
	[SAY_CHUNKS_OK]          = { "250", "2.0.0", "Ok: %x bytes queued as %q" },
	[SAY_CHUNK_SYNTAX]       = { "521", "5.5.4", "Syntax: BDAT count [LAST]" },
	[SAY_CHUNK_EMPTY]        = { "551", "5.7.1", "Null BDAT request" },
	[SAY_CHUNK_LOST]         = { "551", "5.0.0", "Discarded %x bytes after earlier error" },
	[SAY_CHUNK_TOO_BIG]      = { "552", "5.3.4", "Chunk exceeds message size limit" },
	[SAY_AFTER_CHUNK]        = { "503", "5.5.1", "Error: %x after BDAT" },

	[SAY_GREETING_REFUSED]   = { "554", NULL,    "%h ESMTP not accepting connections" },
	/* milter/milter8.c */
	[SAY_REJECT_COMMAND]     = { "550", "5.7.1", "Command rejected" },
	[SAY_TEMPFAIL]           = { "451", "4.7.1", "Service unavailable - try again later" },
	[SAY_FAILED_REJECT]      = { "550", "5.5.0", "Service unavailable" },
	[SAY_MISCONFIGURED]      = { "451", "4.3.5", "Server configuration problem - try again later" },
	[SAY_SHUTDOWN]           = { "421", "4.7.0", "Server closing connection" },
	[SAY_SHUTDOWN_GREETING]  = { "421", NULL,    "%h Service unavailable - try again later" },
};

/* smtpd/smtpd.c: mail_cmd(), rcpt_cmd() */
#define OTHER SAY_UNKNOWN_PARAMETER
static const struct parameter_rule parameters[] = {
	{ "SIZE",     false, NULL,       FORM_DIGITS,       NULL,            OTHER, SAY_BAD_SIZE,   0, STICKS_NEVER },
	{ "BODY",     false, "8BITMIME", FORM_WORD,         "7BIT 8BITMIME", OTHER, OTHER,          0, STICKS_NEVER },
	{ .keyword = "SMTPUTF8", .extension = "SMTPUTF8", .form = FORM_NOTHING },
	{ "AUTH",     false, NULL,       FORM_ANY,          NULL,            OTHER, OTHER,          SAY_DUPLICATE_AUTH, STICKS_GOOD },
	{ "RET",      false, "DSN",      FORM_WORD,         "FULL HDRS",     OTHER, SAY_BAD_RET,    SAY_BAD_RET, STICKS_NEVER },
	{ "ENVID",    false, "DSN",      FORM_XTEXT_PLUS,   NULL,            OTHER, SAY_BAD_XTEXT,  SAY_BAD_XTEXT, STICKS_NEVER },
	{ "NOTIFY",   true,  "DSN",      FORM_NOTIFY_LOOSE, NULL,            OTHER, SAY_BAD_NOTIFY, SAY_BAD_NOTIFY, STICKS_NEVER },
	{ "ORCPT",    true,  "DSN",      FORM_ORCPT_PLUS,   NULL,            OTHER, SAY_BAD_ORCPT,  SAY_BAD_ORCPT, STICKS_NEVER },
	{ .keyword = NULL },
};
/* Those that it knows and that ask no filter. */
#define NOT_AUTHORIZED { "550", "5.7.0", "Error: insufficient authorization" }
static const struct phrase etrn_busy = { "503", NULL, "Error: MAIL transaction in progress" };
static const struct phrase etrn_no_domain = { "501", NULL, "Error: invalid parameter syntax" };
static const struct phrase busy = { "503", "5.5.1", "Error: MAIL transaction in progress" };
static const struct phrase tls_put_off = { "454", "4.3.0", "Try again later" };
static const struct fixed_answer fixed[] = {
	{ .word = "",         .bare = { "500", "5.5.2", "Error: bad syntax" } },
	{ .word = "VRFY",     .bare = { "501", "5.5.4", "Syntax: VRFY address [SMTPUTF8]" }, .guarded = GUARDED_WITH },
	{ .word = "ETRN",     .bare = { "500", NULL, "Syntax: ETRN domain" }, .with = { "459", NULL, "<%p>: service unavailable" }, .guarded = GUARDED, .busy = &etrn_busy, .no_domain = &etrn_no_domain },
	{ .word = "STARTTLS", .bare = { "502", "5.5.1", "Error: command not implemented" }, .with = { "501", "5.5.4", "Syntax: STARTTLS" }, .guarded = GUARDED_BARE, .put_off = &tls_put_off },
	{ .word = "AUTH",     .bare = { "503", "5.5.1", "Error: authentication not enabled" }, .with = { "503", "5.5.1", "Error: authentication not enabled" } },
	{ .word = "XCLIENT",  .bare = { "501", "5.5.4", "Syntax: XCLIENT attribute=value..." }, .with = NOT_AUTHORIZED, .busy = &busy },
	{ .word = "XFORWARD", .bare = { "501", "5.5.4", "Syntax: XFORWARD attribute=value..." }, .with = NOT_AUTHORIZED, .busy = &busy },
	{ .word = NULL },
};

/*
 * smtpd/smtpd.c: check_milter_reply() and its callers.  What a filter said at
 * CONNECT and HELO it says again at MAIL: habits.objection_stays.
 * NOLINTBEGIN(bugprone-macro-parentheses): what EARLY is given is an initializer.
 */
#define EARLY(reject) {                                             \
		[OBJECTION_REJECT]          = reject,               \
		[OBJECTION_TEMPFAIL]        = SAID(SAY_USUAL), \
		[OBJECTION_4YZ]             = SAID(SAY_USUAL), \
		[OBJECTION_5YZ]             = reject,               \
		[OBJECTION_FAILED_REJECT]   = reject,               \
		[OBJECTION_FAILED_TEMPFAIL] = SAID(SAY_USUAL), \
		[OBJECTION_MISCONFIGURED]   = SAID(SAY_USUAL),
/* NOLINTEND(bugprone-macro-parentheses) */
#define ANSWERED {                                                \
		[OBJECTION_REJECT]          = SAID(SAY_REJECT_COMMAND), \
		[OBJECTION_TEMPFAIL]        = SAID(SAY_TEMPFAIL),  \
		[OBJECTION_4YZ]             = SAID(SAY_OWN),       \
		[OBJECTION_5YZ]             = SAID(SAY_OWN),       \
		[OBJECTION_CLOSE]           = SAID_LAST(SAY_OWN),  \
		[OBJECTION_FAILED_REJECT]   = SAID(SAY_FAILED_REJECT), \
		[OBJECTION_FAILED_TEMPFAIL] = SAID(SAY_TEMPFAIL),  \
		[OBJECTION_MISCONFIGURED]   = SAID(SAY_MISCONFIGURED), \
		[OBJECTION_SHUTDOWN]        = SAID_LAST(SAY_SHUTDOWN), \
	}
static const struct refusal refusals[N_MOMENTS][N_OBJECTIONS] = {
	[MOMENT_CONNECT] = EARLY(SAID(SAY_GREETING_REFUSED))
		[OBJECTION_CLOSE]           = SAID_LAST(SAY_SHUTDOWN_GREETING),
		[OBJECTION_SHUTDOWN]        = SAID_LAST(SAY_SHUTDOWN_GREETING),
	},
	[MOMENT_HELO] = EARLY(SAID_SHORTLY)
		[OBJECTION_CLOSE]           = SAID_LAST(SAY_OWN),
		[OBJECTION_SHUTDOWN]        = SAID_LAST(SAY_SHUTDOWN),
	},
	[MOMENT_MAIL]    = ANSWERED,
	[MOMENT_RCPT]    = ANSWERED,
	[MOMENT_DATA]    = ANSWERED,
	[MOMENT_HEADER]  = ANSWERED,
	[MOMENT_MESSAGE] = ANSWERED,
	[MOMENT_UNKNOWN] = ANSWERED,
	[MOMENT_OTHER]   = ANSWERED,
};
/* clang-format on */

/* global/mail_queue.h, short form: microseconds, five hex digits, and the inode. */
static void
queue_id(const struct facts *f, struct text *out)
{
	unsigned long clock = (unsigned long)f->stamp.second * 16183 + f->session * 7;

	text_printf(out, "%05lX%lX", clock & 0xfffff, 0x10000 + f->transaction);
}

/* smtpd/smtpd.c: common_pre_message_handling(), and NEUTER_CHARACTERS of a HELO */
static void
received(const struct facts *f, struct text *out)
{
	struct slice helo = f->helo.len != 0 ? f->helo : f->client_known;
	struct slice from = f->client_address;
	text_printf(out, " from ");
	for (size_t i = 0; i < helo.len; i++)
		text_printf(out, "%c",
		    strchr(" <>()\\\";@", helo.ptr[i]) != NULL || helo.ptr[i] == 127 ||
			    (helo.ptr[i] > 0 && helo.ptr[i] < ' ')
			? '?'
			: helo.ptr[i]);
	text_printf(out, " (%.*s%s%.*s%s)\n\tby %.*s (%.*s) with %s id %.*s",
	    (int)f->client_known.len, f->client_known.ptr, from.len != 0 ? " [" : "",
	    (int)from.len, from.ptr, from.len != 0 ? "]" : "", (int)f->host.len,
	    f->host.ptr, (int)f->software.len, f->software.ptr,
	    f->utf8    ? "UTF8SMTP"
	    : f->esmtp ? "ESMTP"
		       : "SMTP",
	    (int)f->queue_id.len, f->queue_id.ptr);
	text_printf(out, f->only_rcpt.len != 0 ? "\n\tfor <" : ";\n\t");
	if (slice_starts(f->only_rcpt, SLICE("<@"))) /* a source route stays */
		put(out, slice_first(slice_from(f->only_rcpt, 1), f->only_rcpt.len - 2));
	else
		facts_plain(f->only_rcpt, out);
	text_printf(out, "%s%.*s (UTC)", f->only_rcpt.len != 0 ? ">; " : "",
	    (int)f->date.len, f->date.ptr);
}

/* global/header_opts.c, cleanup/cleanup_message.c; before any filter sees it. */
static const struct field_rule field_rules[] = {
	{ "Return-Path", FIELD_DROPPED, NULL },
	{ "Content-Length", FIELD_DROPPED, NULL },
	{ "Bcc", FIELD_DROPPED, NULL },
	{ "Resent-Bcc", FIELD_DROPPED, NULL },
	/* local_header_rewrite_clients: those of this host and its networks */
	{ "From", FIELD_COMPLETED, NULL },
	{ "Sender", FIELD_COMPLETED, NULL },
	{ "Reply-To", FIELD_COMPLETED, NULL },
	{ "To", FIELD_COMPLETED, NULL },
	{ "Cc", FIELD_COMPLETED, NULL },
	{ "Apparently-To", FIELD_COMPLETED, NULL },
	{ "Errors-To", FIELD_COMPLETED, NULL },
	{ "Return-Receipt-To", FIELD_COMPLETED, NULL },
	{ "Disposition-Notification-To", FIELD_COMPLETED, NULL },
	{ "Mail-Followup-To", FIELD_COMPLETED, NULL },
	{ "Resent-From", FIELD_COMPLETED, NULL },
	{ "Resent-Sender", FIELD_COMPLETED, NULL },
	{ "Resent-Reply-To", FIELD_COMPLETED, NULL },
	{ "Resent-To", FIELD_COMPLETED, NULL },
	{ "Resent-Cc", FIELD_COMPLETED, NULL },
	{ "Resent-Message-Id", FIELD_ADDED_RESENT, "%M" },
	{ "Message-Id", FIELD_ADDED_PLAIN, "%M" },
	{ "Resent-Date", FIELD_ADDED_RESENT, "%T" },
	{ "Date", FIELD_ADDED_PLAIN, "%T" },
	{ "Resent-From", FIELD_ADDED_RESENT, "%d" },
	{ "From", FIELD_ADDED_PLAIN, "%d" },
	{ .name = NULL },
};

const struct profile profile_postfix_3_7 = {
	.name = "postfix-3.7",
	.version = "Postfix 3.7.11",
	.say = say,
	.announced =
	    "PIPELINING SIZE VRFY ETRN ENHANCEDSTATUSCODES 8BITMIME DSN SMTPUTF8 CHUNKING",
	.announced_refused = "ENHANCEDSTATUSCODES",
	.software = "Postfix",
	.fixed = fixed,
	.fields = field_rules,
	.hops_max = 50, /* hopcount_limit */
	.from_lines = "X-Mailbox-Line", /* smtpd/smtpd.c: receive_data_message() */
	.fields_shown = true,
	.line_max = 2048, /* line_length_limit */
	.line_cut = true,
	.loose_lines = true, /* global/smtp_stream.c, smtpd/smtpd_token.c */
	.leading_blanks = true,
	.forbidden_words = "GET POST CONNECT", /* smtpd_forbidden_commands */
	.errors_max = 20, /* smtpd_hard_error_limit */
	.refusals_count = true,
	/* SMTPD_CMD_FLAG_LIMIT, smtpd_junk_command_limit */
	.junk_words = "HELO EHLO RSET NOOP VRFY ETRN",
	.junk_max = 100,
	.unknown_words = "EXPN HELP",
	.quit_ignores = true,
	.verifies_mailbox = true,
	.line_piece = 2048, /* line_length_limit */
	.loose_text = true, /* smtpd_forbid_bare_newline: no */
	.loop_field = "Delivered-To", /* local/local.c: delivered_hdr_find() */
	.delivery_head = "Return-Path: <%s>\nX-Original-To: %o\nDelivered-To: %d\n", /* local/mailbox.c */
	.parameters = parameters,
	.bare_paths = true,
	.routes = true,   /* allow_percent_hack, swap_bangpath */
	.resolves = true, /* trivial-rewrite/resolve.c, smtpd/smtpd_resolve.c */
	.relays = true,   /* permit_mynetworks */
	/* /etc/aliases, Debian's base-passwd, double_bounce_sender */
	.standing = "postmaster root mailer-daemon double-bounce daemon bin sys sync games "
		    "man lp mail news uucp proxy www-data backup list irc nobody _apt",
	.reads_paths = true, /* smtpd/smtpd.c: extract_addr() */
	.any_helo = true,
	.esmtp_stays = true,
	.no_author = "<>",
	.mail_sticks = true, /* smtpd/smtpd.c: msg_size, sasl_sender are left to mail_reset() */
	.utf8_only = true, /* smtputf8_enable */
	.closing_codes = "421 521", /* smtpd/smtpd_chat.c */
	.early_closing_codes = "421",
	.mends_replies = true,
	.replies_wait = true, /* util/vstream.c: VSTREAM_CTL_DOUBLE */
	.whole_replies = true,
	.blank_replies = true, /* util/printable.c */
	.refusals = refusals,
	.habits = {
		.offer = {
			.version = PROTOCOL_VERSION,
			.actions = ACTIONS_ALL,
			.protocol = PROTO_ALL,
			.version_min = 0,
			.version_max = PROTOCOL_VERSION,
			.actions_fatal = UINT32_MAX,
			.payload_max = INT_MAX / 2 - 1, /* XXX_MAX_DATA, milter8.c */
			.unsent = {
				[2] = KIND_BIT(CMD_UNKNOWN) | KIND_BIT(CMD_DATA),
				[3] = KIND_BIT(CMD_DATA),
			},
			.strange_list_passed = true,
			.one_by_one = true, /* milter/milter.c: milter_conn_event() */
		},
		.reactions = &postfix_reactions,
		.endings = postfix_endings,
		.macros = postfix_macros,
		.reply = {
			.percent = PERCENT_DROPPED,
			.class_must_match = true,
			.blank_needed = true,
			.spoilt = DO_MISCONFIGURED,
		},
		.edit = {
			.unasked = UINT64_MAX,
			.case_matters = true,
			.malformed = DO_FAIL,
			.body_at_once = true,
			.new_body = BODY_OF_LINES,
			.blank_always = true,
			.renames = true,
			.nul_cuts = true, .gap_as_sent = true,
			.nameless_taken = KIND_BIT(RPL_ADDHEADER) | KIND_BIT(RPL_INSHEADER),
			.nameless = DO_MISCONFIGURED, /* cleanup_upd_header() */
			.field_cut = 60000, /* cleanup_message.c: KLUDGE_HEADER_LIMIT */
			.cr_stays = true, .folds = true, /* cleanup/cleanup_out.c */
			.unended_taken = KIND_BIT(RPL_QUARANTINE), /* read as bytes */
			.missing = FIELD_LAST, .beyond = FIELD_LAST,
		},
		.unknown_after = true,
		.unknown_verb = true,
		.payload_spoils = true,
		.objection_stays = true,
		.buffer = 4096, /* util/vstream.h: VSTREAM_BUFSIZE */
		.eom_each = true, /* milter_content_timeout */
		.one_standing = true,
		.mail_ended_by = OUTCOME_REFUSES | OUTCOME_BIT(OUTCOME_SHUTDOWN),
		.hold_stops = true,
		.held_alone = true, /* the queue file is held, whoever is in it */
		.text_apart = true, /* cleanup/cleanup_milter.c is another process */
		.mail_needs_end = true, /* milter8_mail_event(): panic, bad state */
		.discard_hides = MOMENT_BIT(MOMENT_HELO) | MOMENT_BIT(MOMENT_MAIL) |
				 MOMENT_BIT(MOMENT_RCPT) | MOMENT_BIT(MOMENT_DATA) |
				 MOMENT_BIT(MOMENT_MESSAGE),
	},
	.macro_values = postfix_macro_values,
	.macro_braced = true, /* milter/milter_macros.c */
	.shown = "%r [%a]%f",
	.shown_unnamed = "%r [%a]%f",
	.queue_id = queue_id,
	.received = received,
};
