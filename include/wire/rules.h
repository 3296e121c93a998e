/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef WIRE_RULES_H
#define WIRE_RULES_H

/*
 * rules - what neither side of a milter session may do, as named values.
 *
 * One row per rule: a short name that never changes its meaning, a sentence, and
 * where that is written.  A row does not say which side is judged: a length of 0
 * is as wrong from an MTA as it is from a milter.
 *
 * A breach is one rule broken by one packet.  wire/judge.h finds them; who finds
 * one elsewhere (a connection that ends inside a packet) makes one by hand.
 *
 * All data is const; all functions are pure and thread-safe.
 */

#include "base/text.h"
#include "wire/protocol.h"

/*
 * Sources: sendmail 8.17's libmilter (comm.c, engine.c, smfi.c), include/
 * libmilter (mfdef.h) and sendmail/milter.c, libmilter/docs, Postfix 3.7's
 * src/milter/milter8.c.
 */
/* clang-format off */
#define WIRE_RULES(X)                                                                    \
	X(FRAME_EMPTY, "frame/empty", "a packet's length counts its letter, so it is at least 1", \
	    "milter8.c: milter8_read_resp()")                                            \
	X(FRAME_TOO_LONG, "frame/too-long", "a payload is not longer than was agreed, 65535 bytes unless MDS_256K or MDS_1M", \
	    "mfdef.h: MILTER_MAX_DATA_SIZE; comm.c: mi_rd_cmd()")                        \
	X(FRAME_CUT, "frame/cut", "no connection ends inside a packet",                  \
	    "comm.c: mi_rd_cmd(); milter8.c: milter8_read_resp()")                       \
	X(LETTER, "payload/letter", "a packet begins with a letter that the protocol has in this direction", \
	    "mfdef.h: SMFIC_*, SMFIR_*; milter.c: bogus response")                       \
	X(SHORT, "payload/short", "a payload has all its fields",                        \
	    "engine.c: st_optionneg(), st_connectinfo(); milter8.c: milter8_read_data()") \
	X(TERMINATED, "payload/terminated", "a string in a payload ends in a NUL",       \
	    "smfi.c: mi_sendstr(); milter8.c: milter8_read_data()")                      \
	X(LEFT_OVER, "payload/left-over", "nothing stands behind the last field of a payload", \
	    "milter8.c: milter8_read_data(), milter8_event()")                           \
	X(FAMILY, "payload/family", "an address family is one of U, L, 4, 6",            \
	    "mfdef.h: SMFIA_*; engine.c: st_connectinfo()")                              \
	X(MACRO_STAGE, "payload/stage", "macros and symbol lists are for a stage that there is", \
	    "engine.c: st_macros(); mfapi.h: SMFIM_*")                                   \
	X(MACRO_VALUE, "payload/macro-value", "each macro name is followed by a value",  \
	    "engine.c: st_macros(); smfi.c: smfi_getsymval()")                           \
	X(NAME, "payload/name", "the name of a header field or of a macro is not empty", \
	    "smfi.c: smfi_addheader(); engine.c: st_header()")                           \
	X(VERSION_LOW, "negotiate/version-low", "the version agreed is 2 or more",       \
	    "engine.c: st_optionneg(): SMFI_PROT_VERSION_MIN")                           \
	X(VERSION_HIGH, "negotiate/version-high", "the answer's version is not above the one offered", \
	    "milter8.c: milter8_connect(); engine.c: st_optionneg()")                    \
	X(ACTIONS, "negotiate/actions", "the answer has no action that was not offered", \
	    "milter.c: milter_negotiate(); milter8.c: milter8_connect()")                \
	X(PROTOCOL, "negotiate/protocol", "the answer has no protocol step that was not offered", \
	    "milter.c: milter_negotiate()")                                              \
	X(SYMLIST, "negotiate/symlist", "macro lists are sent only where both sides have SETSYMLIST", \
	    "mfdef.h: SMFIF_SETSYMLIST; milter8.c: milter8_connect()")                   \
	X(SYMLIST_TWICE, "negotiate/symlist-twice", "there is one macro list for a stage", \
	    "smfi.c: smfi_setsymlist()")                                                 \
	X(COMMAND_ORDER, "command/order", "a command comes in a stage in which a milter takes it", \
	    "engine.c: next_states[], trans_ok()")                                       \
	X(COMMAND_MASKED, "command/masked", "a command that the milter does not want is not sent", \
	    "mfdef.h: SMFIP_NO*; milter.c: MILTER_DF_NO_CMD")                            \
	X(COMMAND_WAITS, "command/waits", "a command waits for the answer to the one before it", \
	    "milter.c: milter_send_command()")                                           \
	X(REPLY_UNASKED, "reply/unasked", "a command has one final answer, and nothing follows it", \
	    "engine.c: mi_engine(): one sendreply() a command")                          \
	X(REPLY_MISSING, "reply/missing", "each command that has an answer is answered, in time", \
	    "engine.c: mi_engine(); milter.c: milter_send_command()")                    \
	X(REPLY_NOT_AGREED, "reply/no-reply", "a command whose answer the milter took away is not answered", \
	    "mfdef.h: SMFIP_NR_*; libmilter/docs: smfi_register()")                      \
	X(REPLY_KIND, "reply/kind", "an answer is one that this command may have",       \
	    "engine.c: st_*(); milter.c: milter_send_command(); libmilter/docs: xxfi_*") \
	X(REPLY_CODE, "reply/code", "a reply code is three digits, the first 4 or 5, the second 0 to 5", \
	    "smfi.c: myisdigits(); RFC 5321 4.2; milter8.c: milter8_event(): SMFIR_REPLYCODE") \
	X(REPLY_ENHANCED, "reply/enhanced", "an enhanced status code is of the class of the reply code", \
	    "RFC 3463 2; RFC 2034 4; milter8.c: dsn_valid()")                            \
	X(REPLY_PERCENT, "reply/percent", "a percent sign in a reply is doubled",        \
	    "milter.c: MILTER_CHECK_REPLYCODE")                                          \
	X(REPLY_LINES, "reply/lines", "the lines of a reply end in CRLF and begin with the same code", \
	    "smfi.c: smfi_setmlreply(); RFC 5321 4.2.1")                                 \
	X(REPLY_TEXT, "reply/text", "the text of a reply is printable: no CR, LF, NUL or control character", \
	    "smfi.c: smfi_setreply(); RFC 5321 4.2")                                     \
	X(SKIP_STAGE, "skip/stage", "SKIP answers a piece of the body and nothing else", \
	    "libmilter/docs: xxfi_body(); milter.c: milter_send_command()")              \
	X(SKIP_AGREED, "skip/agreed", "SKIP is sent only where it was agreed",           \
	    "mfdef.h: SMFIP_SKIP; libmilter/docs: xxfi_body()")                          \
	X(PROGRESS_STAGE, "progress/stage", "PROGRESS is sent at the end of a message and nowhere else", \
	    "milter.c: milter_data(): SMFIR_PROGRESS; libmilter/docs: smfi_progress()")  \
	X(EDIT_STAGE, "edit/stage", "a message is changed at its end and nowhere else",  \
	    "smfi.c: mi_sendok(), ST_EOM; milter.c: milter_data()")                      \
	X(EDIT_AGREED, "edit/agreed", "a message is changed only in ways that were agreed", \
	    "mfdef.h: SMFIF_*; smfi.c: mi_sendok()")                                     \
	X(EDIT_BODY, "edit/body", "a new body comes in one piece or several, with no other change between them", \
	    "milter8.c: body_edit_lockout")                                              \
	X(EDIT_REASON, "edit/reason", "a quarantine has a reason",                       \
	    "smfi.c: smfi_quarantine()")                                                 \
	X(AFTER_QUIT, "close/after-quit", "a milter closes its connection after QUIT, at the latest when the MTA does", \
	    "engine.c: st_quit(); milter.c: milter_quit_filter()")                       \
	X(CLOSE_EARLY, "close/early", "a milter keeps its connection until QUIT, unless it refused the client or said 421", \
	    "engine.c: mi_engine(); milter.c: milter_read(): errors")
/* clang-format on */

enum wire_rule {
#define WIRE_RULE_ID(id, name, says, source) RULE_##id,
	WIRE_RULES(WIRE_RULE_ID)
#undef WIRE_RULE_ID
	    N_WIRE_RULES
};

struct wire_rule_row {
	const char *name;   /* "reply/unasked"; [a-z/-] */
	const char *says;   /* a sentence, without its full stop */
	const char *source; /* file: function, or document */
};

/* Indexed by enum wire_rule. */
extern const struct wire_rule_row wire_rules[N_WIRE_RULES];

/* By name; N_WIRE_RULES when there is none. */
enum wire_rule wire_rule_named(struct slice name);

/* One rule broken by one packet. */
struct breach {
	enum wire_rule rule;
	enum direction by;        /* who broke it: TO_MTA is the milter */
	enum packet_kind command; /* asked last, or itself the breach; N_PACKETS: none */
	enum packet_kind reply;   /* the milter's packet; N_PACKETS: none */
};

/*
 * "reply/unasked: a command has one final answer, and nothing follows it
 * (milter: CONTINUE, last command RCPT)".
 */
void breach_describe(struct text *out, const struct breach *b);

/* Rules that may be broken: a set of enum wire_rule. */
struct wire_rule_set {
	uint64_t bits;
};
static inline bool
wire_rule_set_has(struct wire_rule_set s, enum wire_rule rule)
{
	return (s.bits >> rule & 1) != 0;
}
static inline void
wire_rule_set_add(struct wire_rule_set *s, enum wire_rule rule)
{
	s->bits |= UINT64_C(1) << rule;
}

#endif
