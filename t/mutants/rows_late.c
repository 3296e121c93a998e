/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Defects that an ordinary session does not show: what stays from one session to
 * another, what is lost on the way out, what is kept when nobody says ABORT or QUIT.
 */

#include "rows.h"

static bool
late(const struct seen *x)
{
	return x->message > 2;
}

static bool
full_in_second(const struct seen *x)
{
	return x->message > 1 && x->len == 65535;
}

static bool
skipped(const struct seen *x)
{
	return x->skipped;
}

const struct defect defects_late[] = { { "version-one", NEG, "neg/version-old-served",
					   "answers 1, which is older than any MTA takes",
					   AT('O'), INSTEAD,
					   SAY(P("O\0\0\0\1\0\0\0\0\0\0\0\0")) },
	{ "terms-shared", CON, "con/own-terms",
	    "keeps to what was agreed with the session that came last",
	    .quirk = TERMS_SHARED, .shape = QUIET },
	{ "helo-shared", CON, "con/own-helo",
	    "believes that all clients said what the last one did",
	    .quirk = HELO_SHARED },
	{ "verdict-closes", ORD, "ord/same-behind-refusal",
	    "hangs up when it has refused a message before its end",
	    .quirk = VERDICT_CLOSES },
	{ "gone-mutes-next", ORD, "ord/gone-rcpt",
	    "a client that goes within a message leaves the next one without answer",
	    .quirk = GONE_MUTES },
	{ "exits-by-and-by", ORD, "ord/many-messages",
	    "ends without a word at the fifth message of a session",
	    AT('M', .message = 5), END },
	{ "rcpt-thousandth", ORD, "ord/rcpt-many", "hangs up on the 1,000th recipient",
	    AT('R', .nth = 1000), CLOSE },
	{ "idle-closes", TIM, "tim/idle",
	    "hangs up on a session that is idle for a moment between two messages",
	    .quirk = IDLE_CLOSES },
	{ "progress-floods", TIM, "tim/eom",
	    "says PROGRESS for ever and never has an answer", .quirk = FLOODS },
	{ "progress-eoh", REP, "rep/progress", "says PROGRESS at the end of the header",
	    AT('N'), BEFORE, SAY(P("p")) },
	{ "progress-connect", REP, "rep/progress", "says PROGRESS at CONNECT", AT('C'),
	    BEFORE, SAY(P("p")) },
	{ "skip-then-skip", BODY, "body/skip-eom",
	    "having said SKIP says it again at the end of the message",
	    AT('E', .when = skipped), INSTEAD, SAY(P("s")) },
	{ "eom-thrice", REP, "rep/once", "answers the end of the third message twice",
	    AT('E', .when = late), AFTER, SAY(P("c")) },
	{ "edit-late-again", MOD, "mod/before-final",
	    "adds a header behind the final answer of the third message",
	    AT('E', .when = late), AFTER, SAY(P("hX-Late\0 x\0")) },
	{ "body-full-cut", BODY, "body/same-largest",
	    "loses the last byte of a piece of 65,535", .quirk = BODY_FULL_CUT },
	{ "body-swapped", BODY, "body/any-cut", "puts a later piece before the first",
	    .quirk = BODY_SWAPPED },
	{ "body-full-second-crash", BODY, "body/same-largest",
	    "a full piece in a second message ends the process",
	    AT('B', .when = full_in_second), CRASH },
	{ "quit-nc-silent", ORD, "ord/quit-nc", "does not answer CONNECT behind QUIT_NC",
	    AT('C', .last = 'K'), SILENT },
	{ "abort-leaks-socket", INV, "inv/abort-descriptors",
	    "leaks a descriptor with each ABORT", .quirk = ABORT_LEAKS },
	{ "quit-leaks-socket", INV, "inv/quit-descriptors",
	    "leaks a descriptor with each QUIT", .quirk = QUIT_LEAKS },
	{ "many-leak-memory", INV, "inv/messages-memory",
	    "leaks with each message of a session but its first", .quirk = LEAKS_LATER },
	LAST };
