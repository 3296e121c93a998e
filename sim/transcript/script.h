/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_SCRIPT_H
#define SIM_SCRIPT_H

/*
 * script - what a played milter is told to do.
 *
 * One action is the rest of an M< line:
 *
 *	CONTINUE, REJECT, REPLYCODE 550 5.7.0 text, ADDHEADER X: y ...
 *	                  a packet in the notation of wire/notation.h
 *	reply TEXT        the same as REPLYCODE TEXT
 *	raw BYTES         bytes with escapes, framed or not as they are
 *	wait TIME         nothing for so long: 300ms, 2s
 *	close             end the connection
 *	reset             end it with a RST
 *	hang              no answer to this, now or later
 *
 * A rule says when: `on COMMAND: ACTION` for every such command of a
 * connection, `on COMMAND N: ACTION` for the Nth, `on COMMAND N+: ACTION` from
 * the Nth on.  Several rules with the same condition act in their order.  Of
 * rules with different conditions the closest acts: N, else the highest N+,
 * else the one without a number.
 *
 * What the actions leave open is filled in: when none of them is a final reply,
 * raw, close or hang, and an answer is due, CONTINUE follows.  A command without
 * a rule is answered with CONTINUE; OPTNEG with what was offered, no step
 * masked; DATA, ABORT ... as the protocol table says.
 */

#include "base/text.h"
#include "wire/protocol.h"

enum act { ACT_SEND, ACT_WAIT, ACT_CLOSE, ACT_RESET, ACT_HANG };

enum { WAIT_MAX_MS = 3600 * 1000 };

struct action {
	enum act act;
	bool settles;      /* no default answer after this one */
	unsigned wait_ms;  /* ACT_WAIT */
	struct text bytes; /* ACT_SEND, owned */
};

struct rule {
	int milter;          /* from 1 */
	enum packet_kind on; /* a command */
	unsigned nth;        /* from 1; 0: every one */
	bool onwards;        /* N+ */
	struct action action;
};

/*
 * Reads an action.  False: *why says what is wrong and *ret holds nothing.
 * On true the caller owns *ret and ends it with action_clear().
 */
bool action_read(struct slice line, struct action *ret, struct text *why);
void action_clear(struct action *a);

/* Does the line begin with the word `on`?  Then rule_read() is for it. */
bool rule_is(struct slice line);
bool rule_read(struct slice line, struct rule *ret, struct text *why);

/* "300ms" or "2s", up to WAIT_MAX_MS. */
bool time_read(struct slice word, unsigned *ret_ms, struct text *why);

#endif
