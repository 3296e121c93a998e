/* SPDX-License-Identifier: BSD-2-Clause */

/* Defects of order, of time, and of many sessions at once. */

#include "rows.h"

static bool
first_outside(const struct seen *x)
{
	return x->message == 0;
}

static bool
after_message(const struct seen *x)
{
	return x->message > 0 && !x->in_message;
}

static bool
second_in_crowd(const struct seen *x)
{
	return x->crowded && x->message > 1;
}

static bool
no_rcpt(const struct seen *x)
{
	return x->in_message && x->rcpts == 0;
}

static bool
no_helo(const struct seen *x)
{
	return x->helos == 0;
}

static bool
no_data(const struct seen *x)
{
	return x->datas == 0;
}

static bool
no_header(const struct seen *x)
{
	return x->in_message && x->headers == 0;
}

static bool
never_connected(const struct seen *x)
{
	return x->connects == 0;
}

/* A letter that libmilter has no macros for. */
static bool
odd_stage(const struct seen *x)
{
	return x->len > 0 && strchr("CHMRTNE", x->payload[0]) == NULL;
}

static bool
stage_only(const struct seen *x)
{
	return x->len == 1;
}

const struct defect defects_order[] = {
	{ "abort-keeps", ORD, "ord/abort-clears",
	    "an ABORT leaves the recipients for the next message", .quirk = ABORT_KEEPS },
	{ "mail-keeps", ORD, "ord/mail-clears",
	    "a MAIL without ABORT leaves the recipients of the message before",
	    .quirk = MAIL_KEEPS },
	{ "end-keeps", ORD, "ord/end-clears",
	    "the end of a message leaves its recipients for the next",
	    .quirk = END_KEEPS },
	{ "macros-stay", ORD, "ord/macros-clear",
	    "the queue id of the message before is taken for that of this one",
	    .quirk = MACROS_STAY },
	{ "abort-forgets-client", ORD, "ord/facts-stay",
	    "an ABORT forgets who is connected", .quirk = ABORT_FORGETS_CLIENT },
	{ "abort-forgets-helo", ORD, "ord/facts-stay", "an ABORT forgets what HELO said",
	    .quirk = ABORT_FORGETS_HELO },
	{ "abort-forgets-macros", ORD, "ord/macros-stay",
	    "an ABORT forgets the macros of CONNECT", .quirk = MACROS_LOST },
	{ "abort-closes", ORD, "ord/abort-mail", "hangs up on an ABORT", AT('A'), CLOSE },
	{ "abort-outside-closes", ORD, "ord/abort-outside",
	    "hangs up on an ABORT when there is none to end",
	    AT('A', .when = first_outside), CLOSE },
	{ "abort-after-end-crash", ORD, "ord/abort-after-end",
	    "an ABORT behind the end of a message ends the process",
	    AT('A', .when = after_message), CRASH },
	{ "abort-thrice-crash", ORD, "ord/abort-again",
	    "the third ABORT in a row ends the process", AT('A', .nth = 3), CRASH },
	{ "abort-frees-twice", ORD, "ord/abort-again",
	    "a second ABORT frees the message once more", .quirk = ABORT_FREES_TWICE,
	    .build = ADDRESS },
	{ "second-message-silent", ORD, "ord/second-message",
	    "does not answer the second MAIL", AT('M', .message = 2), SILENT },
	{ "second-message-closes", ORD, "ord/second-message", "hangs up on a second MAIL",
	    AT('M', .message = 2), CLOSE },
	{ "tenth-message-silent", ORD, "ord/many-messages",
	    "does not answer the tenth MAIL of a session", AT('M', .message = 10),
	    SILENT },
	{ "mail-after-abort-refused", ORD, "ord/mail-after-abort",
	    "refuses MAIL behind an ABORT", AT('M', .when = after_abort), INSTEAD,
	    SAY(P("t")) },
	{ "helo-again-closes", ORD, "ord/helo-again", "hangs up on a second HELO",
	    AT('H', .nth = 2), CLOSE },
	{ "helo-inside-crash", ORD, "ord/helo-before-abort",
	    "a HELO within a message ends the process", AT('H', .when = inside), CRASH },
	{ "helo-wanted", ORD, "ord/helo-absent",
	    "does not answer MAIL when there was no HELO", AT('M', .when = no_helo),
	    SILENT },
	{ "data-wanted", ORD, "ord/data-absent",
	    "refuses header fields when there was no DATA", AT('L', .when = no_data),
	    INSTEAD, SAY(P("t")) },
	{ "header-wanted", ORD, "ord/header-absent",
	    "a message without header is never answered", AT('E', .when = no_header),
	    SILENT },
	{ "rcpt-wanted-crash", ORD, "ord/rcpt-none",
	    "MAIL and ABORT without RCPT end the process", AT('A', .when = no_rcpt),
	    CRASH },
	{ "rcpt-hundredth", ORD, "ord/rcpt-many", "does not answer the 101st RCPT",
	    AT('R', .nth = 101), SILENT },
	{ "rcpt-array", ORD, "ord/rcpt-many",
	    "has room for 100 recipients and looks at no bound", .quirk = RCPT_ARRAY,
	    .build = ADDRESS },
	{ "unknown-ends", ORD, "ord/unknown-inside",
	    "UNKNOWN ends the message that it came in", .quirk = UNKNOWN_ENDS_MESSAGE },
	{ "unknown-closes", ORD, "ord/unknown", "hangs up on UNKNOWN before MAIL",
	    AT('U', .when = first_outside), CLOSE },
	{ "unknown-body-crash", ORD, "ord/body-outside",
	    "BODY without MAIL ends the process", .quirk = BODY_WITHOUT_MAIL, .bug = 9 },
	{ "eom-outside-crash", ORD, "ord/eom-outside",
	    "an end of message without MAIL ends the process", AT('E', .when = outside),
	    CRASH },
	{ "quit-stays", ORD, "ord/quit", "QUIT does not end the session",
	    .quirk = QUIT_STAYS },
	{ "quit-inside-crash", ORD, "ord/quit-inside",
	    "QUIT within a message ends the process", AT('Q', .when = inside), CRASH },
	{ "quit-first-crash", ORD, "ord/quit-early",
	    "QUIT before CONNECT ends the process", AT('Q', .when = never_connected),
	    CRASH },
	{ "quit-nc-closes", ORD, "ord/quit-nc", "hangs up on QUIT_NC", AT('K'), CLOSE },
	{ "pipelined-lost", ORD, "ord/one-write",
	    "commands behind another one in one write are lost",
	    .quirk = DROPS_PIPELINED },
	{ "pipelined-mail-silent", ORD, "ord/same-one-write",
	    "does not answer MAIL when RCPT came with it", AT('M', .when = pipelined),
	    SILENT },
	{ "macro-unknown-closes", ORD, "ord/macro-any-stage",
	    "hangs up on a MACRO for a header field or a body",
	    AT('D', .when = odd_stage), CLOSE },
	{ "macro-bare-closes", ORD, "ord/macro-none", "hangs up on a MACRO that has none",
	    AT('D', .when = stage_only), CLOSE },

	{ "cut-packet-closes", TIM, "tim/slow-packet",
	    "hangs up when a packet does not come whole", .quirk = ONE_READ_A_PACKET },
	{ "drips", TIM, "tim/command", "sends one byte every 200 ms", .quirk = DRIPS },
	{ "helo-stalls", TIM, "tim/command", "never comes back from HELO", AT('H'),
	    STALL },
	{ "rcpt-stalls", TIM, "tim/command", "never comes back from the fifth RCPT",
	    AT('R', .nth = 5), STALL },
	{ "eom-stalls", TIM, "tim/eom",
	    "never comes back from the end of a second message", AT('E', .message = 2),
	    STALL },
	{ "body-spins", TIM, "tim/command",
	    "a piece of a body keeps a processor busy for ever", AT('B', .nth = 3),
	    SPIN },
	{ "gone-kills", TIM, "tim/gone",
	    "an MTA that does not wait for the answer ends the process",
	    .quirk = PIPE_SIGNAL },
	{ "quit-lingers", TIM, "tim/quit", "keeps the connection open behind QUIT",
	    AT('Q'), STALL },

	{ "shared-message", CON, "con/apart", "one sender for all sessions",
	    .quirk = SHARED_MESSAGE },
	{ "one-message", CON, "con/half-way",
	    "waits with MAIL until no other session has a message",
	    .quirk = ONE_MESSAGE_AT_A_TIME },
	{ "one-session", CON, "con/two", "serves one session after the other",
	    .quirk = ONE_SESSION_AT_A_TIME },
	{ "ten-sessions", CON, "con/many", "hangs up on the eleventh session",
	    .quirk = TEN_SESSIONS },
	{ "crowded-silent", CON, "con/half-way",
	    "does not answer DATA while another session has a message",
	    AT('T', .when = crowded), SILENT },
	{ "crowded-crash", CON, "con/half-way",
	    "a second message while another session has one ends the process",
	    AT('M', .when = second_in_crowd), CRASH },
	{ "crowded-abort", CON, "con/abort-beside",
	    "an ABORT while another session has a message hangs up",
	    AT('A', .when = crowded), CLOSE },
	{ "counts-unlocked", CON, "con/race", "counts messages without a lock",
	    .quirk = COUNTS_UNLOCKED, .build = THREAD, .bug = 7 },
	LAST
};
