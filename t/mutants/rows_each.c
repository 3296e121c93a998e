/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Defects that every command can have, one command at a time: a case that looks
 * at one of them alone must be able to fail.
 */

#include "protocol.h"
#include "rows.h"

/* What follows a command that the others do not get. */
#define NO_ANSWER(letter, name, rule)                                                    \
	{                                                                                \
		name "-unanswered", REP, rule, "does not answer this command",           \
		    AT(letter), SILENT                                                   \
	}
#define TWO_ANSWERS(letter, name)                                                        \
	{                                                                                \
		name "-answered-twice", REP, "rep/once-" name,                           \
		    "answers this command twice", AT(letter), AFTER, SAY(P("c"))         \
	}
#define SHUTS_DOWN(letter, name)                                                         \
	{                                                                                \
		name "-shuts-down", REP, "rep/no-shutdown-" name,                        \
		    "answers this command with SHUTDOWN", AT(letter), INSTEAD,           \
		    SAY(P("4"))                                                          \
	}
#define ABORT_ANSWERED(letter, name)                                                     \
	{                                                                                \
		"abort-answered-" name, REP, "rep/none-to-abort-" name,                  \
		    "answers ABORT behind it", AT('A', .last = letter), AFTER,           \
		    SAY(P("c"))                                                          \
	}
#define MACRO_ANSWERED(letter, name)                                                     \
	{                                                                                \
		"macro-answered-" name, REP, "rep/none-to-macro-" name,                  \
		    "answers MACRO for it", AT('D', .stage = letter), AFTER, SAY(P("c")) \
	}
#define GONE(letter, name)                                                               \
	{                                                                                \
		"gone-" name, ORD, "ord/gone-" name,                                     \
		    "an MTA that goes behind it ends the process",                       \
		    AT(END_OF_STREAM, .last = letter), CRASH                             \
	}
#define QUIT_ANSWERED(letter, name)                                                      \
	{                                                                                \
		"quit-answered-" name, ORD, "ord/quit-" name, "answers QUIT behind it",  \
		    AT('Q', .last = letter), BEFORE, SAY(P("c"))                         \
	}
#define ABORT_DEAF(letter, name)                                                         \
	{                                                                                \
		"abort-deaf-" name, ORD, "ord/abort-" name,                              \
		    "an ABORT behind it leaves MAIL unanswered",                         \
		    AT('M', .last = 'A', .before = letter), SILENT                       \
	}
#define HELD_UP(letter, name)                                                            \
	{                                                                                \
		"held-up-" name, CON, "con/half-way-" name,                              \
		    "does not answer MAIL while another session stands behind it",       \
		    AT('M', .others = letter), SILENT                                    \
	}
#define DOES_NOT_WAIT(bit, name)                                                         \
	{                                                                                \
		"no-wait-" name, NEG, "neg/waits-" name,                                 \
		    "leaves its answer out, which was not offered", .quiet = bit         \
	}
#define CLAIMS(bit, name)                                                                \
	{                                                                                \
		"claims-" name, NEG, "neg/action-" name,                                 \
		    "claims this action though it is not offered", .actions = bit        \
	}
#define USES(bit, name)                                                                  \
	{                                                                                \
		"uses-" name, MOD, "mod/offered-" name,                                  \
		    "makes this edit though it is not offered", .uses = bit              \
	}
#define STEP(bit, name)                                                                  \
	{                                                                                \
		"step-" name, NEG, "neg/step-" name,                                     \
		    "asks for this step though it is not offered", .steps = bit          \
	}

const struct defect defects_each[] = { NO_ANSWER('L', "header", "rep/one-header"),
	NO_ANSWER('N', "eoh", "rep/one-eoh"), NO_ANSWER('B', "body", "rep/one-body"),
	NO_ANSWER('E', "eom", "rep/one-eom"), NO_ANSWER('M', "mail", "rep/one-mail"),
	NO_ANSWER('T', "data", "rep/one-data"), NO_ANSWER('R', "rcpt", "rep/one-rcpt"),
	TWO_ANSWERS('C', "connect"), TWO_ANSWERS('H', "helo"), TWO_ANSWERS('M', "mail"),
	TWO_ANSWERS('T', "data"), TWO_ANSWERS('L', "header"), TWO_ANSWERS('N', "eoh"),
	TWO_ANSWERS('B', "body"), TWO_ANSWERS('E', "eom"), TWO_ANSWERS('U', "unknown"),
	SHUTS_DOWN('H', "helo"), SHUTS_DOWN('M', "mail"), SHUTS_DOWN('R', "rcpt"),
	SHUTS_DOWN('T', "data"), SHUTS_DOWN('L', "header"), SHUTS_DOWN('N', "eoh"),
	SHUTS_DOWN('B', "body"), SHUTS_DOWN('E', "eom"), ABORT_ANSWERED('R', "rcpt"),
	ABORT_ANSWERED('L', "header"), ABORT_ANSWERED('B', "body"),
	MACRO_ANSWERED('C', "connect"), MACRO_ANSWERED('H', "helo"),
	MACRO_ANSWERED('R', "rcpt"), MACRO_ANSWERED('T', "data"),
	MACRO_ANSWERED('L', "header"), MACRO_ANSWERED('N', "eoh"),
	MACRO_ANSWERED('B', "body"), MACRO_ANSWERED('E', "eom"), GONE('C', "connect"),
	GONE('H', "helo"), GONE('M', "mail"), GONE('R', "rcpt"), GONE('T', "data"),
	GONE('L', "header"), GONE('N', "eoh"), GONE('B', "body"), GONE('E', "eom"),
	QUIT_ANSWERED('H', "helo"), QUIT_ANSWERED('M', "mail"),
	QUIT_ANSWERED('T', "data"), QUIT_ANSWERED('L', "header"),
	QUIT_ANSWERED('N', "eoh"), QUIT_ANSWERED('B', "body"), QUIT_ANSWERED('E', "eom"),
	ABORT_DEAF('R', "rcpt"), ABORT_DEAF('T', "data"), ABORT_DEAF('L', "header"),
	ABORT_DEAF('N', "eoh"), ABORT_DEAF('B', "body"), HELD_UP('C', "connect"),
	HELD_UP('H', "helo"), HELD_UP('M', "mail"), HELD_UP('T', "data"),
	HELD_UP('L', "header"), HELD_UP('N', "eoh"), HELD_UP('B', "body"),
	DOES_NOT_WAIT(STEP_NR_BODY, "body"), DOES_NOT_WAIT(STEP_NR_DATA, "data"),
	DOES_NOT_WAIT(STEP_NR_EOH, "eoh"), DOES_NOT_WAIT(STEP_NR_HDR, "header"),
	DOES_NOT_WAIT(STEP_NR_HELO, "helo"), DOES_NOT_WAIT(STEP_NR_MAIL, "mail"),
	DOES_NOT_WAIT(STEP_NR_RCPT, "rcpt"), DOES_NOT_WAIT(STEP_NR_UNKN, "unknown"),
	CLAIMS(ACTION_ADDRCPT, "addrcpt"), CLAIMS(ACTION_ADDRCPT_PAR, "addrcpt-par"),
	CLAIMS(ACTION_CHGBODY, "chgbody"), CLAIMS(ACTION_CHGFROM, "chgfrom"),
	CLAIMS(ACTION_CHGHDRS, "chghdrs"), CLAIMS(ACTION_DELRCPT, "delrcpt"),
	CLAIMS(ACTION_QUARANTINE, "quarantine"), CLAIMS(ACTION_SETSYMLIST, "setsymlist"),
	USES(ACTION_ADDRCPT_PAR, "addrcpt-par"), USES(ACTION_CHGBODY, "chgbody"),
	USES(ACTION_CHGFROM, "chgfrom"), USES(ACTION_CHGHDRS, "chghdrs"),
	STEP(STEP_NOBODY, "nobody"), STEP(STEP_NODATA, "nodata"),
	STEP(STEP_NOEOH, "noeoh"), STEP(STEP_NOHDRS, "nohdrs"),
	STEP(STEP_NOHELO, "nohelo"), STEP(STEP_NOMAIL, "nomail"),
	STEP(STEP_NORCPT, "norcpt"), STEP(STEP_NOUNKNOWN, "nounknown"),
	STEP(STEP_NR_BODY, "nr-body"), STEP(STEP_NR_CONN, "nr-conn"),
	STEP(STEP_NR_DATA, "nr-data"), STEP(STEP_NR_EOH, "nr-eoh"),
	STEP(STEP_NR_HDR, "nr-hdr"), STEP(STEP_NR_HELO, "nr-helo"),
	STEP(STEP_NR_MAIL, "nr-mail"), STEP(STEP_NR_RCPT, "nr-rcpt"),
	STEP(STEP_NR_UNKN, "nr-unkn"), STEP(STEP_SKIP, "skip"),
	STEP(STEP_LEADSPC, "hdr-leadspc"), STEP(STEP_RCPT_REJ, "rcpt-rej"),
	{ "step-noconnect", NEG, "neg/steps",
	    "asks for NOCONNECT though it is not offered", .steps = STEP_NOCONNECT },
	{ "uses-addrcpt", MOD, "mod/offered-addrcpt",
	    "adds a recipient whatever is offered", AT('E'), BEFORE,
	    SAY(P("+<more@foo.com>\0")) },
	{ "uses-delrcpt", MOD, "mod/offered-delrcpt",
	    "deletes a recipient whatever is offered", AT('E'), BEFORE,
	    SAY(P("-<Jones@foo.com>\0")) },
	{ "uses-quarantine", MOD, "mod/offered-quarantine",
	    "quarantines whatever is offered", AT('E'), BEFORE, SAY(P("qwhy\0")) },
	{ "uses-setsymlist", MOD, "mod/offered-setsymlist",
	    "gives macro lists whatever is offered", .quirk = LIST_UNOFFERED },
	LAST };
