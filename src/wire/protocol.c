/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/protocol.h"

#define ON(s) IN_STAGE(STAGE_##s)
#define BY(k) KIND_BIT(RPL_##k)

/* What may answer an ordinary event: a c r t d y. */
#define VERDICTS                                                                         \
	(BY(CONTINUE) | BY(ACCEPT) | BY(REJECT) | BY(TEMPFAIL) | BY(DISCARD) |           \
	    BY(REPLYCODE))
#define EDITS                                                                            \
	(BY(ADDHEADER) | BY(INSHEADER) | BY(CHGHEADER) | BY(ADDRCPT) | BY(ADDRCPT_PAR) | \
	    BY(DELRCPT) | BY(CHGFROM) | BY(REPLBODY) | BY(QUARANTINE) | BY(PROGRESS))

#define BETWEEN_MESSAGES (ON(CONNECT) | ON(HELO) | ON(DONE))
#define IN_MESSAGE                                                                       \
	(ON(MAIL) | ON(RCPT) | ON(DATA) | ON(HEADER) | ON(EOH) | ON(BODY) | ON(EOM))
#define ANYWHERE       (ON(NEGOTIATED) | BETWEEN_MESSAGES | IN_MESSAGE)

#define COMMAND(first) .to = TO_MILTER, .since = (first)
#define QUIET          .symlist = SYMLIST_NONE
#define REPLY          .to = TO_MTA, .symlist = SYMLIST_NONE
#define EDIT           REPLY, .final = false
#define ANSWER         REPLY, .shape = SHAPE_NONE, .final = true

/* clang-format off */
const struct packet_rule packet_rules[N_PACKETS] = {
	[CMD_OPTNEG] = { COMMAND(1), QUIET,
		.name = "OPTNEG", .letter = 'O', .shape = SHAPE_OPTNEG,
		.from = ON(START), .next = STAGE_NEGOTIATED, .answers = BY(OPTNEG) },
	[CMD_MACRO] = { COMMAND(1), QUIET,
		.name = "MACRO", .letter = 'D', .shape = SHAPE_MACRO,
		.from = ANYWHERE, .next = N_STAGES },
	/* DISCARD is undefined here and at HELO (libmilter's documents). */
	[CMD_CONNECT] = { COMMAND(1), .symlist = SYMLIST_CONNECT,
		.name = "CONNECT", .letter = 'C', .shape = SHAPE_CONNECT,
		.from = ON(NEGOTIATED), .next = STAGE_CONNECT,
		.answers = VERDICTS & ~BY(DISCARD),
		.no_bit = PROTO_NOCONNECT, .nr_bit = PROTO_NR_CONN },
	/* Postfix sends HELO in a message and ABORT behind it. */
	[CMD_HELO] = { COMMAND(1), .symlist = SYMLIST_HELO,
		.name = "HELO", .letter = 'H', .shape = SHAPE_STRING,
		.from = BETWEEN_MESSAGES, .tolerated = ON(MAIL) | ON(RCPT),
		.next = STAGE_HELO, .answers = VERDICTS & ~BY(DISCARD),
		.no_bit = PROTO_NOHELO, .nr_bit = PROTO_NR_HELO },
	/* Without an ABORT before it when the milter did not answer the last MAIL. */
	[CMD_MAIL] = { COMMAND(1), .symlist = SYMLIST_MAIL,
		.name = "MAIL", .letter = 'M', .shape = SHAPE_STRINGS,
		.from = BETWEEN_MESSAGES, .tolerated = ON(MAIL) | ON(RCPT),
		.next = STAGE_MAIL, .answers = VERDICTS,
		.no_bit = PROTO_NOMAIL, .nr_bit = PROTO_NR_MAIL },
	/* Both MTAs go on with a message whose DATA the milter refused. */
	[CMD_RCPT] = { COMMAND(1), .symlist = SYMLIST_RCPT,
		.name = "RCPT", .letter = 'R', .shape = SHAPE_STRINGS,
		.from = ON(MAIL) | ON(RCPT), .tolerated = ON(DONE), .next = STAGE_RCPT,
		.answers = VERDICTS,
		.no_bit = PROTO_NORCPT, .nr_bit = PROTO_NR_RCPT },
	[CMD_DATA] = { COMMAND(4), .symlist = SYMLIST_DATA,
		.name = "DATA", .letter = 'T', .shape = SHAPE_NONE,
		.from = ON(RCPT), .next = STAGE_DATA, .answers = VERDICTS,
		.no_bit = PROTO_NODATA, .nr_bit = PROTO_NR_DATA },
	[CMD_HEADER] = { COMMAND(1), QUIET,
		.name = "HEADER", .letter = 'L', .shape = SHAPE_HEADER,
		.from = ON(RCPT) | ON(DATA) | ON(HEADER), .next = STAGE_HEADER,
		.answers = VERDICTS,
		.no_bit = PROTO_NOHDRS, .nr_bit = PROTO_NR_HDR },
	[CMD_EOH] = { COMMAND(1), .symlist = SYMLIST_EOH,
		.name = "EOH", .letter = 'N', .shape = SHAPE_NONE,
		.from = ON(RCPT) | ON(DATA) | ON(HEADER), .next = STAGE_EOH,
		.answers = VERDICTS,
		.no_bit = PROTO_NOEOH, .nr_bit = PROTO_NR_EOH },
	[CMD_BODY] = { COMMAND(1), QUIET,
		.name = "BODY", .letter = 'B', .shape = SHAPE_BYTES,
		.from = ON(RCPT) | ON(EOH) | ON(BODY), .next = STAGE_BODY,
		.answers = VERDICTS | BY(SKIP),
		.no_bit = PROTO_NOBODY, .nr_bit = PROTO_NR_BODY },
	/* libmilter takes a last body chunk here; both MTAs send none. */
	[CMD_BODYEOB] = { COMMAND(1), .symlist = SYMLIST_EOM,
		.name = "BODYEOB", .letter = 'E', .shape = SHAPE_BYTES,
		.from = ON(RCPT) | ON(EOH) | ON(BODY), .next = STAGE_EOM,
		.answers = VERDICTS | EDITS },
	/* libmilter takes it after DATA too, and then ignores the headers. */
	[CMD_UNKNOWN] = { COMMAND(3), QUIET,
		.name = "UNKNOWN", .letter = 'U', .shape = SHAPE_STRING,
		.from = ON(NEGOTIATED) | BETWEEN_MESSAGES | ON(MAIL) | ON(RCPT),
		.next = N_STAGES,
		.answers = BY(CONTINUE) | BY(REJECT) | BY(TEMPFAIL) | BY(REPLYCODE),
		.no_bit = PROTO_NOUNKNOWN, .nr_bit = PROTO_NR_UNKN },
	/* Postfix: also after every message, and twice or thrice before QUIT. */
	[CMD_ABORT] = { COMMAND(1), QUIET,
		.name = "ABORT", .letter = 'A', .shape = SHAPE_NONE,
		.from = IN_MESSAGE, .tolerated = BETWEEN_MESSAGES, .next = STAGE_DONE },
	[CMD_QUIT] = { COMMAND(1), QUIET,
		.name = "QUIT", .letter = 'Q', .shape = SHAPE_NONE,
		.from = ANYWHERE, .next = STAGE_CLOSED },
	/* A new CONNECT follows, without a new OPTNEG.  Neither MTA sends it. */
	[CMD_QUIT_NC] = { COMMAND(1), QUIET,
		.name = "QUIT_NC", .letter = 'K', .shape = SHAPE_NONE,
		.from = ON(DONE), .tolerated = ON(CONNECT) | ON(HELO),
		.next = STAGE_NEGOTIATED },

	[RPL_OPTNEG] = { REPLY, .final = true,
		.name = "OPTNEG", .letter = 'O', .shape = SHAPE_OPTNEG },
	[RPL_CONTINUE] = { ANSWER, .name = "CONTINUE", .letter = 'c' },
	[RPL_ACCEPT] = { ANSWER, .name = "ACCEPT", .letter = 'a' },
	[RPL_REJECT] = { ANSWER, .name = "REJECT", .letter = 'r' },
	[RPL_TEMPFAIL] = { ANSWER, .name = "TEMPFAIL", .letter = 't' },
	[RPL_DISCARD] = { ANSWER, .name = "DISCARD", .letter = 'd' },
	[RPL_REPLYCODE] = { REPLY, .final = true,
		.name = "REPLYCODE", .letter = 'y', .shape = SHAPE_STRING },
	[RPL_SKIP] = { ANSWER, .name = "SKIP", .letter = 's', .protocol = PROTO_SKIP },
	[RPL_PROGRESS] = { EDIT, .name = "PROGRESS", .letter = 'p', .shape = SHAPE_NONE },
	/* In mfdef.h, but an answer to nothing: sendmail calls both bogus. */
	[RPL_CONN_FAIL] = { ANSWER, .name = "CONN_FAIL", .letter = 'f' },
	[RPL_SHUTDOWN] = { ANSWER, .name = "SHUTDOWN", .letter = '4' },

	[RPL_ADDHEADER] = { EDIT, .name = "ADDHEADER", .letter = 'h',
		.shape = SHAPE_HEADER, .action = ACTION_ADDHDRS },
	[RPL_INSHEADER] = { EDIT, .name = "INSHEADER", .letter = 'i',
		.shape = SHAPE_INDEXED, .action = ACTION_ADDHDRS },
	[RPL_CHGHEADER] = { EDIT, .name = "CHGHEADER", .letter = 'm',
		.shape = SHAPE_INDEXED, .action = ACTION_CHGHDRS },
	[RPL_ADDRCPT] = { EDIT, .name = "ADDRCPT", .letter = '+',
		.shape = SHAPE_STRING, .action = ACTION_ADDRCPT },
	[RPL_ADDRCPT_PAR] = { EDIT, .name = "ADDRCPT_PAR", .letter = '2',
		.shape = SHAPE_PAIR, .action = ACTION_ADDRCPT_PAR },
	[RPL_DELRCPT] = { EDIT, .name = "DELRCPT", .letter = '-',
		.shape = SHAPE_STRING, .action = ACTION_DELRCPT },
	[RPL_CHGFROM] = { EDIT, .name = "CHGFROM", .letter = 'e',
		.shape = SHAPE_PAIR, .action = ACTION_CHGFROM },
	[RPL_REPLBODY] = { EDIT, .name = "REPLBODY", .letter = 'b',
		.shape = SHAPE_BYTES, .action = ACTION_CHGBODY },
	[RPL_QUARANTINE] = { EDIT, .name = "QUARANTINE", .letter = 'q',
		.shape = SHAPE_STRING, .action = ACTION_QUARANTINE },
};
/* clang-format on */

const struct bit_name action_names[] = {
	{ ACTION_ADDHDRS, "ADDHDRS" },
	{ ACTION_CHGBODY, "CHGBODY" },
	{ ACTION_ADDRCPT, "ADDRCPT" },
	{ ACTION_DELRCPT, "DELRCPT" },
	{ ACTION_CHGHDRS, "CHGHDRS" },
	{ ACTION_QUARANTINE, "QUARANTINE" },
	{ ACTION_CHGFROM, "CHGFROM" },
	{ ACTION_ADDRCPT_PAR, "ADDRCPT_PAR" },
	{ ACTION_SETSYMLIST, "SETSYMLIST" },
	{ 0, NULL },
};

const struct bit_name protocol_names[] = {
	{ PROTO_NOCONNECT, "NOCONNECT" },
	{ PROTO_NOHELO, "NOHELO" },
	{ PROTO_NOMAIL, "NOMAIL" },
	{ PROTO_NORCPT, "NORCPT" },
	{ PROTO_NOBODY, "NOBODY" },
	{ PROTO_NOHDRS, "NOHDRS" },
	{ PROTO_NOEOH, "NOEOH" },
	{ PROTO_NR_HDR, "NR_HDR" },
	{ PROTO_NOUNKNOWN, "NOUNKNOWN" },
	{ PROTO_NODATA, "NODATA" },
	{ PROTO_SKIP, "SKIP" },
	{ PROTO_RCPT_REJ, "RCPT_REJ" },
	{ PROTO_NR_CONN, "NR_CONN" },
	{ PROTO_NR_HELO, "NR_HELO" },
	{ PROTO_NR_MAIL, "NR_MAIL" },
	{ PROTO_NR_RCPT, "NR_RCPT" },
	{ PROTO_NR_DATA, "NR_DATA" },
	{ PROTO_NR_UNKN, "NR_UNKN" },
	{ PROTO_NR_EOH, "NR_EOH" },
	{ PROTO_NR_BODY, "NR_BODY" },
	{ PROTO_HDR_LEADSPC, "HDR_LEADSPC" },
	{ PROTO_MDS_256K, "MDS_256K" },
	{ PROTO_MDS_1M, "MDS_1M" },
	{ 0, NULL },
};

const char *const stage_names[N_STAGES] = {
	[STAGE_START] = "start",
	[STAGE_NEGOTIATED] = "negotiated",
	[STAGE_CONNECT] = "connect",
	[STAGE_HELO] = "helo",
	[STAGE_MAIL] = "mail",
	[STAGE_RCPT] = "rcpt",
	[STAGE_DATA] = "data",
	[STAGE_HEADER] = "header",
	[STAGE_EOH] = "eoh",
	[STAGE_BODY] = "body",
	[STAGE_EOM] = "eom",
	[STAGE_DONE] = "done",
	[STAGE_CLOSED] = "closed",
};

const char *const shape_names[N_SHAPES] = {
	[SHAPE_NONE] = "none",
	[SHAPE_OPTNEG] = "u32 version, u32 actions, u32 protocol, {u32 stage, names NUL}",
	[SHAPE_MACRO] = "command letter, {name NUL, value NUL}",
	[SHAPE_CONNECT] = "host NUL, family, [u16 port, address NUL]",
	[SHAPE_STRING] = "text NUL",
	[SHAPE_STRINGS] = "first NUL, {argument NUL}",
	[SHAPE_PAIR] = "first NUL, [arguments NUL]",
	[SHAPE_HEADER] = "name NUL, value NUL",
	[SHAPE_INDEXED] = "u32 index, name NUL, value NUL",
	[SHAPE_BYTES] = "bytes",
};

const char *const symlist_names[N_SYMLISTS] = {
	[SYMLIST_CONNECT] = "CONNECT",
	[SYMLIST_HELO] = "HELO",
	[SYMLIST_MAIL] = "MAIL",
	[SYMLIST_RCPT] = "RCPT",
	[SYMLIST_DATA] = "DATA",
	[SYMLIST_EOM] = "EOM",
	[SYMLIST_EOH] = "EOH",
};

enum packet_kind
packet_kind(enum direction to, char letter)
{
	for (int k = 0; k < N_PACKETS; k++) {
		if (packet_rules[k].to == to && packet_rules[k].letter == letter)
			return (enum packet_kind)k;
	}
	return N_PACKETS;
}

enum packet_kind
packet_kind_named(enum direction to, struct slice name)
{
	if (to == TO_MILTER && slice_equal_nocase(name, SLICE("EOM")))
		return CMD_BODYEOB;
	for (int k = 0; k < N_PACKETS; k++) {
		if (packet_rules[k].to == to &&
		    slice_equal_nocase(name, slice_of(packet_rules[k].name)))
			return (enum packet_kind)k;
	}
	return N_PACKETS;
}
