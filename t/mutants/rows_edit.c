/* SPDX-License-Identifier: BSD-2-Clause */

/* Defects of edits, and of what becomes of a body. */

#include "rows.h"

static bool
full(const struct seen *x)
{
	return x->len == 65535;
}

static bool
one_byte(const struct seen *x)
{
	return x->len == 1;
}

static bool
bodiless(const struct seen *x)
{
	return x->in_message && x->bodies == 0;
}

static bool
skipped(const struct seen *x)
{
	return x->skipped;
}

#define H40  "0123456789012345678901234567890123456789"
#define H400 H40 H40 H40 H40 H40 H40 H40 H40 H40 H40

const struct defect defects_edit[] = {
	{ "edit-at-rcpt", MOD, "mod/only-eom", "adds a header at RCPT", AT('R'), BEFORE,
	    SAY(P("hX-Early\0 x\0")) },
	{ "edit-at-body", MOD, "mod/only-eom", "adds a header at BODY", AT('B'), BEFORE,
	    SAY(P("hX-Early\0 x\0")) },
	{ "edit-at-mail", MOD, "mod/only-eom", "adds a recipient at the second MAIL",
	    AT('M', .message = 2), BEFORE, SAY(P("+<early@foo.com>\0")) },
	{ "quarantine-at-rcpt", MOD, "mod/only-eom", "quarantines at RCPT", AT('R'),
	    BEFORE, SAY(P("qearly\0")) },
	{ "edit-late", MOD, "mod/before-final", "adds a header behind the final answer",
	    AT('E'), AFTER, SAY(P("hX-Late\0 x\0")) },
	{ "edit-undeclared", MOD, "mod/declared", "makes edits that it did not claim",
	    .quirk = EDITS_UNDECLARED },
	{ "edit-unoffered", MOD, "mod/offered", "makes edits that the MTA does not allow",
	    .quirk = EDITS_UNOFFERED },
	{ "body-undeclared", MOD, "mod/declared-body",
	    "replaces the body, having claimed nothing", AT('E'), BEFORE,
	    SAY(P("bnew\r\n")), .shape = PASSIVE },
	{ "recipient-undeclared", MOD, "mod/declared",
	    "adds a recipient, having claimed nothing", AT('E'), BEFORE,
	    SAY(P("+<more@foo.com>\0")), .shape = PASSIVE },
	{ "add-unterminated", MOD, "mod/strings", "ADDHEADER without its last NUL",
	    AT('E'), BEFORE, SAY(P("hX-A\0 x")) },
	{ "add-one-string", MOD, "mod/strings", "ADDHEADER with a name and no value",
	    AT('E'), BEFORE, SAY(P("hX-A\0")) },
	{ "add-three-strings", MOD, "mod/strings", "ADDHEADER with a string too many",
	    AT('E'), BEFORE, SAY(P("hX-A\0 x\0y\0")) },
	{ "insert-no-index", MOD, "mod/strings", "INSHEADER without its index", AT('E'),
	    BEFORE, SAY(P("iX-A\0 x\0")) },
	{ "change-short", MOD, "mod/strings", "CHGHEADER of three bytes", AT('E'), BEFORE,
	    SAY(P("m\0\0\1")) },
	{ "rcpt-unterminated", MOD, "mod/strings", "ADDRCPT without its NUL", AT('E'),
	    BEFORE, SAY(P("+<more@foo.com>")) },
	{ "delete-unterminated", MOD, "mod/strings",
	    "DELRCPT without its NUL in the second message", AT('E', .message = 2),
	    BEFORE, SAY(P("-<jones@foo.com>")) },
	{ "from-unterminated", MOD, "mod/strings", "CHGFROM without its NUL", AT('E'),
	    BEFORE, SAY(P("e<more@foo.com>")) },
	{ "quarantine-unterminated", MOD, "mod/strings", "QUARANTINE without its NUL",
	    AT('E'), BEFORE, SAY(P("qwhy")) },
	{ "insert-negative", MOD, "mod/index", "INSHEADER at -1", AT('E'), BEFORE,
	    SAY(P("i\377\377\377\377X-A\0 x\0")) },
	{ "change-zero", MOD, "mod/index-one", "CHGHEADER at 0, where 1 is the first",
	    AT('E'), BEFORE, SAY(P("m\0\0\0\0Subject\0 x\0")) },
	{ "change-negative", MOD, "mod/index", "CHGHEADER at -1", AT('E'), BEFORE,
	    SAY(P("m\377\377\377\377Subject\0 x\0")) },
	{ "name-colon", MOD, "mod/name", "a header name with its colon", AT('E'), BEFORE,
	    SAY(P("hX-A:\0 x\0")) },
	{ "name-blank", MOD, "mod/name", "a header name with a blank", AT('E'), BEFORE,
	    SAY(P("hX A\0 x\0")) },
	{ "name-empty", MOD, "mod/name", "an empty header name", AT('E'), BEFORE,
	    SAY(P("h\0 x\0")) },
	{ "name-8bit", MOD, "mod/name", "a header name with a byte above 127", AT('E'),
	    BEFORE, SAY(P("hX-\344\0 x\0")) },
	{ "value-crlf", MOD, "mod/value", "a header value with CRLF", AT('E'), BEFORE,
	    SAY(P("hX-A\0 x\r\n y\0")) },
	{ "value-break", MOD, "mod/value-fold",
	    "a header value that goes on in a header of its own", AT('E'), BEFORE,
	    SAY(P("hX-A\0 x\nBcc: all@foo.com\0")) },
	{ "value-long", MOD, "mod/length", "a header line of 2,100 bytes", AT('E'),
	    BEFORE, SAY(P("hX-A\0 " H400 H400 H400 H400 H400 H40 H40 H40 "\0")) },
	{ "no-lead-space", MOD, "mod/leading-space",
	    "asks for exact values and leaves out the blank behind the colon",
	    .quirk = NO_LEAD_SPACE },
	{ "rcpt-no-angle", MOD, "mod/address", "ADDRCPT without angle brackets", AT('E'),
	    BEFORE, SAY(P("+more@foo.com\0")) },
	{ "rcpt-empty", MOD, "mod/address", "ADDRCPT of nothing", AT('E'), BEFORE,
	    SAY(P("+\0")) },
	{ "delete-unknown", MOD, "mod/delete-known",
	    "deletes a recipient that the message never had", AT('E'), BEFORE,
	    SAY(P("-<nobody@nowhere.example>\0")) },
	{ "delete-twice", MOD, "mod/delete-known", "deletes the same recipient twice",
	    AT('E'), BEFORE,
	    SAY(P("+<x@foo.com>\0"), P("-<x@foo.com>\0"), P("-<x@foo.com>\0")) },
	{ "rcpt-arguments", MOD, "mod/rcpt-arguments",
	    "ADDRCPT_PAR with an argument no MTA takes", AT('E'), BEFORE,
	    SAY(P("2<more@foo.com>\0BOGUS=1\0")) },
	{ "rcpt-three-strings", MOD, "mod/rcpt-arguments",
	    "ADDRCPT_PAR with three strings", AT('E'), BEFORE,
	    SAY(P("2<more@foo.com>\0NOTIFY=NEVER\0ORCPT=rfc822;x\0")) },
	{ "from-arguments", MOD, "mod/from-arguments",
	    "CHGFROM with an argument no MTA takes", AT('E'), BEFORE,
	    SAY(P("e<more@foo.com>\0SIZE=1\0")) },
	{ "from-three-strings", MOD, "mod/from-arguments", "CHGFROM with three strings",
	    AT('E'), BEFORE, SAY(P("e<more@foo.com>\0RET=HDRS\0ENVID=1\0")) },
	{ "quarantine-empty", MOD, "mod/quarantine", "QUARANTINE without a reason",
	    AT('E'), BEFORE, SAY(P("q\0")) },
	{ "body-interleaved", MOD, "mod/body-together",
	    "another edit between two pieces of a body", AT('E'), BEFORE,
	    SAY(P("bone\r\n"), P("hX-A\0 x\0"), P("btwo\r\n")) },
	{ "body-bare-lf", MOD, "mod/body-eol",
	    "replaces the body by lines that end in LF", AT('E'), BEFORE,
	    SAY(P("bone\ntwo\n")) },
	{ "edits-of-last", MOD, "mod/own-message",
	    "makes the edits of the message before once more", .quirk = EDITS_OF_LAST },
	{ "progress-after-edit", MOD, "mod/before-final",
	    "PROGRESS behind the final answer", AT('E'), AFTER, SAY(P("p")) },
	{ "edit-length", MOD, "mod/frame", "an edit whose length leaves out its letter",
	    AT('E'), BEFORE, SAY_RAW("\0\0\0\7hX-A\0 x\0") },

	{ "body-first-chunk", BODY, "body/any-cut",
	    "reads the first piece of a body alone", .quirk = BODY_FIRST_CHUNK,
	    .bug = 3 },
	{ "body-last-chunk", BODY, "body/any-cut", "keeps the last piece of a body alone",
	    .quirk = BODY_LAST_CHUNK },
	{ "body-lines", BODY, "body/cut-crlf", "a CR at the end of a piece is lost",
	    .quirk = BODY_LINES },
	{ "body-to-nul", BODY, "body/nul", "a piece of a body ends at its first NUL",
	    .quirk = BODY_ENDS_AT_NUL, .bug = 4 },
	{ "body-high-bits", BODY, "body/8bit", "takes the eighth bit off a body",
	    .quirk = BODY_HIGH_BITS },
	{ "body-unfinished-line", BODY, "body/last-line",
	    "ends a body's last line if the message did not",
	    .quirk = BODY_UNFINISHED_LINE },
	{ "body-dot", BODY, "body/dot", "takes a dot off lines that begin with one",
	    .quirk = BODY_DOT },
	{ "body-full-closes", BODY, "body/largest", "hangs up on a piece of 65,535 bytes",
	    .quirk = LIMIT_ONE_LESS },
	{ "body-full-silent", BODY, "body/largest",
	    "does not answer a piece of 65,535 bytes", AT('B', .when = full), SILENT },
	{ "body-one-byte", BODY, "body/smallest", "a piece of one byte ends the process",
	    AT('B', .when = one_byte), CRASH },
	{ "body-thousandth", BODY, "body/many",
	    "does not answer the 500th piece of a body", AT('B', .nth = 500), SILENT },
	{ "body-none", BODY, "body/none", "a message without a body is never answered",
	    AT('E', .when = bodiless), SILENT },
	{ "body-behind", BODY, "body/memory",
	    "writes one byte behind each piece of a body", .quirk = READS_BEHIND,
	    .build = ADDRESS, .bug = 1 },
	{ "skip-then-deaf", BODY, "body/skip-eom",
	    "after SKIP the end of the message is not answered", AT('E', .when = skipped),
	    SILENT },
	{ "eom-data-ignored", BODY, "body/eom-data",
	    "forgets what comes with the end of a message", .quirk = EOM_DATA_IGNORED },
	{ "eom-data-twice", BODY, "body/eom-data-once",
	    "answers twice when the end of a message brings bytes",
	    .quirk = EOM_ANSWERS_TWICE },
	LAST
};
