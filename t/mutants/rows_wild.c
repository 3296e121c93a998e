/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Defects that filters on libraries of their own have: bytes that a C string or a
 * text API makes of others, counters that are too small, what is kept for the whole
 * process, and what is done at the end.
 */

#include "rows.h"

static bool
late_session(const struct seen *x)
{
	return x->session > 255;
}

static bool
at_end_of_second(const struct seen *x)
{
	return x->message == 2 && x->rcpts > 1;
}

const struct defect defects_wild[] = { { "reply-cr", REP, "rep/code-cr",
					   "a bare CR within a reply", AT('R'), INSTEAD,
					   SAY(P("y550 5.7.1 No\rno\0")) },
	{ "reply-line-no-code", REP, "rep/code-lines",
	    "the second line of a reply has no code", AT('R'), INSTEAD,
	    SAY(P("y550-5.7.1 No\r\nand no\0")) },
	{ "reply-no-hyphen", REP, "rep/code-lines",
	    "no hyphen in the first of two lines of a reply", AT('R'), INSTEAD,
	    SAY(P("y550 5.7.1 No\r\n550 5.7.1 and no\0")) },
	{ "reply-class-two", REP, "rep/code-enhanced",
	    "REPLYCODE 550 with the enhanced code 2.0.0", AT('R'), INSTEAD,
	    SAY(P("y550 2.0.0 No\0")) },
	{ "reply-blank-first", REP, "rep/code-digits",
	    "REPLYCODE that begins with a blank", AT('R'), INSTEAD,
	    SAY(P("y 550 5.7.1 No\0")) },
	{ "reply-650", REP, "rep/code-class", "REPLYCODE 650", AT('R'), INSTEAD,
	    SAY(P("y650 5.7.1 No\0")) },
	{ "reply-lone-per-cent", REP, "rep/code-per-cent",
	    "a per cent sign at the end of a reply", AT('E'), INSTEAD,
	    SAY(P("y550 5.7.1 No, 100%\0")) },
	{ "value-lf-last", MOD, "mod/value-fold", "a header value that ends in LF",
	    AT('E'), BEFORE, SAY(P("hX-A\0 x\n\0")) },
	{ "value-blank-line", MOD, "mod/value-fold",
	    "a header value whose second line is blank", AT('E'), BEFORE,
	    SAY(P("hX-A\0 x\n \n y\0")) },
	{ "change-name-empty", MOD, "mod/name", "CHGHEADER of a field without a name",
	    AT('E'), BEFORE, SAY(P("m\0\0\0\1\0 x\0")) },
	{ "insert-one-string", MOD, "mod/strings", "INSHEADER with a name and no value",
	    AT('E'), BEFORE, SAY(P("i\0\0\0\1X-A\0")) },
	{ "add-two-recipients", MOD, "mod/strings", "ADDRCPT of two at once", AT('E'),
	    BEFORE, SAY(P("+<a@foo.com>\0<b@foo.com>\0")) },
	{ "delete-two-recipients", MOD, "mod/strings",
	    "DELRCPT of two at once in a second message",
	    AT('E', .when = at_end_of_second), BEFORE,
	    SAY(P("-<Brown@foo.com>\0<Green@foo.com>\0")) },
	{ "quarantine-two-strings", MOD, "mod/strings", "QUARANTINE with two strings",
	    AT('E'), BEFORE, SAY(P("qheld\0why\0")) },
	{ "add-rcpt-list", MOD, "mod/address", "ADDRCPT of a list with a comma", AT('E'),
	    BEFORE, SAY(P("+<a@foo.com>, <b@foo.com>\0")) },
	{ "add-rcpt-crlf", MOD, "mod/address", "ADDRCPT with a line break in it", AT('E'),
	    BEFORE, SAY(P("+<a@foo.com\r\nDATA>\0")) },
	{ "from-blank", MOD, "mod/address", "CHGFROM with a blank before the bracket",
	    AT('E'), BEFORE, SAY(P("e <a@foo.com>\0")) },
	{ "body-too-long", MOD, "mod/body-length",
	    "a new body of 70,000 bytes in one packet", .quirk = BODY_TOO_LONG },
	{ "version-echoed", NEG, "neg/version-new", "answers 99 to an offer of 99",
	    .quirk = VERSION_ECHOED },
	{ "bits-swapped", NEG, "neg/actions-known",
	    "writes its steps where the actions belong", .quirk = BITS_SWAPPED },
	{ "session-256-silent", CON, "con/sessions-many",
	    "counts its sessions in a byte and answers none behind the 255th",
	    AT('C', .when = late_session), SILENT },
	{ "message-100-closes", ORD, "ord/many-messages",
	    "hangs up at the 100th message of a session", AT('M', .message = 100),
	    CLOSE },
	{ "macros-wanted-crash", ORD, "ord/macros-absent",
	    "MAIL without any macro before it ends the process", .quirk = MACROS_WANTED },
	{ "macro-blank-silent", ORD, "ord/macro-blank",
	    "does not answer MAIL behind a macro whose value is empty",
	    .quirk = MACRO_BLANK },
	{ "macros-shared", CON, "con/own-macros", "one queue id for all sessions",
	    .quirk = MACROS_SHARED },
	{ "abort-ends-others", CON, "con/own-abort",
	    "an ABORT forgets the recipients of all sessions",
	    .quirk = ABORT_ENDS_OTHERS },
	{ "quit-ends-others", CON, "con/quit-beside",
	    "QUIT forgets the recipients of all sessions", .quirk = QUIT_ENDS_OTHERS },
	{ "accept-deafens", ORD, "ord/accept-clears",
	    "behind an ACCEPT it takes no message of the session any more",
	    .quirk = ACCEPT_DEAFENS },
	{ "term-leaves-child", SHU, "shu/orphans",
	    "SIGTERM leaves a process of it behind", .quirk = TERM_LEAVES_CHILD },
	{ "term-waits-packet", SHU, "shu/term-packet",
	    "SIGTERM waits until a packet that has begun is whole",
	    .quirk = TERM_WAITS_PACKET },
	{ "term-unhandled", SHU, "shu/term-handled", "does nothing about SIGTERM",
	    .quirk = TERM_UNHANDLED },
	LAST };
