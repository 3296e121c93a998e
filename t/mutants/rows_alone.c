/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Defects that few sessions bring out: a whole session of one kind, a packet in
 * pieces, a crowd, one order of commands out of hundreds.
 */

#include "rows.h"

static bool
cut_once(const struct seen *x)
{
	return x->reads == 2;
}

static bool
cut_often(const struct seen *x)
{
	return x->reads > 4;
}

static bool
cut_later(const struct seen *x)
{
	return x->reads > 4 && x->letter != 'O';
}

static bool
others_terms(const struct seen *x)
{
	return x->other_terms;
}

static bool
many_stand(const struct seen *x)
{
	return x->others('M') > 4;
}

static bool
third_helo_late(const struct seen *x)
{
	return x->helos > 2 && x->message > 3;
}

static bool
relayed(const struct seen *x)
{
	return x->message == 1 && x->headers == 5;
}

static bool
verified(const struct seen *x)
{
	return x->message == 1 && x->headers == 0 && x->last == 'U';
}

static bool
three_named(const struct seen *x)
{
	return x->rcpts == 2 && x->headers == 2;
}

const struct defect defects_alone[] = {
	{ "beside-terms-closes", CON, "con/terms",
	    "hangs up on EOH when another session agreed on something else",
	    AT('N', .when = others_terms), CLOSE },
	{ "crowd-within-silent", CON, "con/sessions",
	    "does not answer RCPT while five sessions stand behind MAIL",
	    AT('R', .when = many_stand), SILENT },
	{ "ninety-sessions", CON, "con/crowd",
	    "waits with the 91st session until one of the others ends",
	    .quirk = NINETY_SESSIONS },
	{ "fifty-messages", CON, "con/crowd-message",
	    "serves no session while 50 messages are under way",
	    .quirk = FIFTY_MESSAGES },
	{ "four-slots", CON, "con/same-beside",
	    "has four slots for messages, and counts the recipients of those that share",
	    .quirk = FOUR_SLOTS },
	{ "offer-bytewise-closes", NEG, "neg/offer-in-bytes",
	    "hangs up on an offer that comes byte by byte", AT('O', .when = cut_often),
	    CLOSE },
	{ "bytewise-closes", TIM, "tim/bytes",
	    "hangs up on what comes byte by byte, but for the offer",
	    AT('R', .when = cut_later), CLOSE },
	{ "bytewise-loses", TIM, "tim/same-bytes",
	    "loses the last byte of a body that comes byte by byte",
	    .quirk = BYTEWISE_LOSES },
	{ "cut-offer-closes", TIM, "tim/cut-offer", "hangs up on an offer in two writes",
	    AT('O', .when = cut_once), CLOSE },
	{ "cut-connect-closes", TIM, "tim/cut-connect",
	    "hangs up on CONNECT in two writes", AT('C', .when = cut_once), CLOSE },
	{ "cut-mail-closes", TIM, "tim/cut-mail", "hangs up on MAIL in two writes",
	    AT('M', .when = cut_once), CLOSE },
	{ "cut-header-closes", TIM, "tim/cut-header", "hangs up on HEADER in two writes",
	    AT('L', .when = cut_once), CLOSE },
	{ "cut-eom-closes", TIM, "tim/cut-eom",
	    "hangs up on the end of a message in two writes", AT('E', .when = cut_once),
	    CLOSE },
	{ "pause-closes", TIM, "tim/pause", "hangs up on a pause within a message",
	    .quirk = PAUSE_CLOSES },
	{ "send-locked", TIM, "tim/deaf",
	    "one lock for all that it sends: who reads nothing holds up the others",
	    .quirk = SEND_LOCKED },
	{ "refusal-colours", ORD, "ord/refusal-clears",
	    "counts a refused recipient of the message before",
	    .quirk = REFUSAL_COLOURS },
	{ "third-helo-closes", ORD, "ord/tour",
	    "hangs up on the third HELO of a session of four messages",
	    AT('H', .when = third_helo_late), CLOSE },
	{ "abort-keeps-body", ORD, "ord/same-behind-abort",
	    "the body of an aborted message is in front of the next one",
	    .quirk = ABORT_KEEPS_BODY },
	{ "eighth-grows", ORD, "ord/same-later",
	    "from the eighth message on it counts a recipient too many",
	    .quirk = EIGHTH_GROWS },
	{ "helo-forgets-client", ORD, "ord/same-behind-helo",
	    "a second HELO forgets who is connected", .quirk = HELO_FORGETS_CLIENT },
	{ "walk-silent", ORD, "ord/walk",
	    "does not answer RCPT behind another one and UNKNOWN",
	    AT('R', .last = 'U', .before = 'R'), SILENT },
	{ "sequence-two-crash", ORD, "ord/sequence-two",
	    "a field behind HELO ends the process", AT('L', .last = 'H'), CRASH },
	{ "sequence-three-crash", ORD, "ord/sequence-three",
	    "DATA behind BODY and EOH ends the process",
	    AT('T', .last = 'B', .before = 'N'), CRASH },
	{ "helo-inside-closes", ORD, "ord/helo-inside",
	    "hangs up on MAIL behind ABORT and HELO", AT('M', .last = 'H', .before = 'A'),
	    CLOSE },
	{ "header-1003-crash", ROB, "rob/length-header-value",
	    "a field of 1,003 bytes ends the process", AT('L', .bytes = 1003), CRASH },
	{ "body-1000-crash", ROB, "rob/length-body",
	    "a piece of 1,000 bytes ends the process", AT('B', .bytes = 1000), CRASH },
	{ "session-d1-silent", SES, "ses/d1",
	    "does not answer the end of a message of two recipients and two fields",
	    AT('E', .when = three_named), SILENT },
	{ "session-d2-stays", SES, "ses/d2",
	    "keeps the connection when QUIT follows ABORT and a recipient",
	    AT('Q', .last = 'A', .before = 'R'), STALL },
	{ "session-d3-silent", SES, "ses/d3",
	    "does not answer the end of a message of five fields",
	    AT('E', .when = relayed), SILENT },
	{ "session-d4-silent", SES, "ses/d4", "does not answer MAIL behind UNKNOWN",
	    AT('M', .when = verified), SILENT },
	{ "session-sendmail-closes", SES, "ses/sendmail",
	    "hangs up on sendmail's macros of CONNECT", AT('D', .has = P("{if_addr}")),
	    CLOSE },
	{ "session-postfix-closes", SES, "ses/postfix",
	    "hangs up on Postfix's macros of CONNECT", AT('D', .has = P("{daemon_addr}")),
	    CLOSE },
	{ "restart-fails", SHU, "shu/restart",
	    "leaves its socket behind, and does not start where it lies",
	    .quirk = RESTART_FAILS },
	{ "term-waits-message", SHU, "shu/term-inside",
	    "SIGTERM waits for the end of a message for ever",
	    .quirk = TERM_WAITS_MESSAGE },
	{ "term-waits-session", SHU, "shu/term-connected",
	    "SIGTERM waits until the last client has gone", .quirk = TERM_WAITS_SESSION },
	{ "term-twice-crashes", SHU, "shu/term-twice", "a second SIGTERM kills it",
	    .quirk = TERM_TWICE },
	LAST
};
