/* SPDX-License-Identifier: BSD-2-Clause */

/* What nobody thought of when the rest was written: each found by playing, not by plan.
 */

#include "rows.h"

/* So many strings stand in the payload. */
static unsigned
nuls(const struct seen *x)
{
	unsigned n = 0;

	for (size_t i = 0; i < x->len; i++)
		n += x->payload[i] == '\0';
	return n;
}

static bool
host_literal(const struct seen *x)
{
	return x->len > 0 && x->payload[0] == '[';
}

static bool
high_byte(const struct seen *x)
{
	for (size_t i = 0; i < x->len; i++) {
		if (x->payload[i] > 127)
			return true;
	}
	return false;
}

static bool
nul_last(const struct seen *x)
{
	return x->len > 0 && x->payload[x->len - 1] == '\0';
}

static bool
one_byte(const struct seen *x)
{
	return x->len == 1;
}

static bool
high_port(const struct seen *x)
{
	const unsigned char *nul = memchr(x->payload, 0, x->len);
	size_t at = nul != NULL ? (size_t)(nul - x->payload) + 1 : x->len;

	return at + 2 < x->len && x->payload[at] == '4' && x->payload[at + 1] >= 0xf0;
}

static bool
session_128(const struct seen *x)
{
	return x->session == 128;
}

static bool
sum_64k(const struct seen *x)
{
	return x->sum > 65535;
}

static bool
sum_1m(const struct seen *x)
{
	return x->sum > 1048576;
}

static bool
sum_3m(const struct seen *x)
{
	return x->sum > 3145728;
}

static bool
parameters_many(const struct seen *x)
{
	return nuls(x) > 6;
}

static bool
fresh_client(const struct seen *x)
{
	return x->connects > 1;
}

static bool
unknown_in_message(const struct seen *x)
{
	return x->in_message && x->rcpts > 0;
}

static bool
third_abort(const struct seen *x)
{
	return x->message == 3;
}

static bool
no_body_at_end(const struct seen *x)
{
	return x->bodies == 0 && x->headers > 0;
}

static bool
body_no_header(const struct seen *x)
{
	return x->headers == 0;
}

static bool
many_pieces(const struct seen *x)
{
	return x->nth > 64;
}

static bool
split_read(const struct seen *x)
{
	return x->reads > 1 && x->len > 1000;
}

static bool
null_after_null(const struct seen *x)
{
	return x->message > 1 && x->len >= 3 && memcmp(x->payload, "<>", 3) == 0;
}

static bool
x_skipped(const struct seen *x)
{
	return x->skipped;
}

static bool
at_4096(const struct seen *x)
{
	return x->len == 4096;
}

static bool
at_8192(const struct seen *x)
{
	return x->len == 8192;
}

static bool
at_32768(const struct seen *x)
{
	return x->len >= 32768 && x->len < 33000;
}

const struct defect defects_strange[] = {
	{ "own-blank", MOD, "mod/own-blank", "gives a blank where the MTA gives one",
	    AT('E'), BEFORE, SAY(P("hX-Z\0 x\0")), .shape = MASKED },
	{ "double-close", CON, "con/sessions",
	    "closes a descriptor a second time, which is another's by then",
	    .quirk = CLOSES_TWICE },
	{ "late-edit-timer", MOD, "mod/before-final",
	    "adds a header a moment after the final answer", .quirk = LATE_EDIT },
	{ "rcpt-static16", CON, "con/apart",
	    "keeps recipients of all sessions in one array of 16", .quirk = RCPT_STATIC },
	{ "quit-nc-offer", ORD, "ord/quit-nc", "waits for a new offer behind QUIT_NC",
	    AT('C', .when = fresh_client), SILENT },
	{ "macros-20-lost", ORD, "ord/macros-any-place",
	    "loses macros behind the 20th of a packet", .quirk = MACROS_20 },
	{ "macros-merge", ORD, "ord/macros-replace",
	    "a stage's macros are added to those that it had", .quirk = AUTH_MERGES },
	{ "hup-cuts", SHU, "shu/hup-serves",
	    "SIGHUP interrupts a read, and the session ends", .quirk = HUP_CUTS },
	{ "version-4-deaf", NEG, "neg/version-old",
	    "does not answer an offer of version 4", AT('O', .has = P("\0\0\0\4")),
	    SILENT },
	{ "body-4096-crash", BODY, "body/lengths",
	    "a piece of 4,096 bytes ends the process", AT('B', .when = at_4096), CRASH },
	{ "body-8192-crash", BODY, "body/lengths",
	    "a piece of 8,192 bytes ends the process", AT('B', .when = at_8192), CRASH },
	{ "body-32768-deaf", BODY, "body/lengths", "a piece of 32 KiB is not answered",
	    AT('B', .when = at_32768), SILENT },
	{ "body-nul-last-deaf", BODY, "body/nul-bytes",
	    "does not answer a piece that ends in NUL", AT('B', .when = nul_last),
	    SILENT },
	{ "body-one-crash", BODY, "body/smallest", "a piece of one byte ends the process",
	    AT('B', .when = one_byte), CRASH },
	{ "body-64k-crash", BODY, "body/largest-and-one",
	    "the 65,536th byte of a body ends the process", AT('B', .when = sum_64k),
	    CRASH },
	{ "body-1m-crash", BODY, "body/kept-large",
	    "a body of over 1 MiB ends the process", AT('B', .when = sum_1m), CRASH },
	{ "body-3m-deaf", BODY, "body/four-mebibytes",
	    "does not answer a body of over 3 MiB", AT('B', .when = sum_3m), SILENT },
	{ "body-pieces-deaf", NEG, "neg/skip-offered",
	    "does not answer the 65th piece of a body", AT('B', .when = many_pieces),
	    SILENT },
	{ "header-8192-crash", ROB, "rob/length-header-value",
	    "a field of over 8,192 bytes ends the process", AT('L', .above = 8193),
	    CRASH },
	{ "header-32768-crash", ROB, "rob/length-header-value",
	    "a field of over 32 KiB ends the process", AT('L', .above = 32769), CRASH },
	{ "header-65000-deaf", ROB, "rob/length-header-value",
	    "does not answer a field of over 65,000 bytes", AT('L', .above = 65000),
	    SILENT },
	{ "header-101-crash", ORD, "ord/header-many", "the 101st field ends the process",
	    AT('L', .nth = 101), CRASH },
	{ "headers-64k-closes", ORD, "ord/header-much",
	    "hangs up on a header of over 64 KiB", AT('L', .when = sum_64k), CLOSE },
	{ "rcpt-256-closes", ORD, "ord/rcpt-many", "hangs up on the 257th recipient",
	    AT('R', .nth = 257), CLOSE },
	{ "rcpt-64k-crash", ORD, "ord/rcpt-much",
	    "recipients of over 64 KiB together end the process",
	    AT('R', .when = sum_64k), CRASH },
	{ "rcpt-8bit-crash", ORD, "ord/rcpt-utf8",
	    "a recipient with a byte above 127 ends the process",
	    AT('R', .when = high_byte), CRASH },
	{ "macro-8bit-crash", ORD, "ord/macro-8bit",
	    "a macro with a byte above 127 ends the process", AT('D', .when = high_byte),
	    CRASH },
	{ "connect-literal-deaf", ROB, "rob/connect-no-name",
	    "does not answer a client whose name is a literal",
	    AT('C', .when = host_literal), SILENT },
	{ "connect-port-crash", ORD, "ord/client-port",
	    "a port above 61,440 ends the process", AT('C', .when = high_port), CRASH },
	{ "mail-arguments-crash", ORD, "ord/usual-parameters",
	    "more than five parameters of MAIL end the process",
	    AT('M', .when = parameters_many), CRASH },
	{ "mail-null-again-deaf", ORD, "ord/walk",
	    "does not answer a second bounce of a session",
	    AT('M', .when = null_after_null), SILENT },
	{ "unknown-inside-closes", ORD, "ord/unknown-inside",
	    "hangs up on UNKNOWN behind a recipient", AT('U', .when = unknown_in_message),
	    CLOSE },
	{ "abort-third-closes", ORD, "ord/tour",
	    "hangs up on an ABORT of the third message", AT('A', .when = third_abort),
	    CLOSE },
	{ "end-no-body-deaf", BODY, "body/none",
	    "does not answer the end of a message without body",
	    AT('E', .when = no_body_at_end), SILENT },
	{ "end-no-header-crash", ORD, "ord/header-absent",
	    "a body without header ends the process", AT('B', .when = body_no_header),
	    CRASH },
	{ "session-128-crash", CON, "con/sessions-many",
	    "the 128th session ends the process", AT('O', .when = session_128), CRASH },
	{ "helo-leaks", INV, "inv/memory", "HELO leaves 256 KiB", AT('H'), LEAK_MEMORY },
	{ "unknown-leaks-socket", INV, "inv/anew", "UNKNOWN leaves a descriptor", AT('U'),
	    LEAK_SOCKET },
	{ "quit-nc-leaks-memory", INV, "inv/quit-nc", "QUIT_NC leaves 256 KiB", AT('K'),
	    LEAK_MEMORY },
	{ "third-macro-leaks", INV, "inv/facts",
	    "the third macro packet of a message leaves 256 KiB", AT('D', .nth = 3),
	    LEAK_MEMORY },
	{ "split-leaks", INV, "inv/pieces", "a packet that comes in parts leaves 256 KiB",
	    AT(0, .when = split_read), LEAK_MEMORY },
	{ "rcpt-refused-leaks", INV, "inv/refused",
	    "a refused recipient leaves a descriptor", AT('R', .has = P("<reject@")),
	    LEAK_SOCKET },
	{ "pipelined-16k-lost", TIM, "tim/late-reader",
	    "loses what comes in one write behind 16 KiB", .quirk = INPUT_16K },
	{ "eom-after-skip-deaf", BODY, "body/skip-eom",
	    "does not answer the end of a message whose body it skipped",
	    AT('E', .last = 'B', .when = x_skipped), SILENT },
	{ "from-two-arguments", MOD, "mod/from-arguments",
	    "changes the sender twice, once to two at once", AT('E'), BEFORE,
	    SAY(P("e<a@foo.com>\0RET=HDRS\0SIZE=1\0")) },
	{ "rcpt-size", MOD, "mod/rcpt-arguments",
	    "adds a recipient with a parameter of MAIL", AT('E'), BEFORE,
	    SAY(P("2<a@foo.com>\0SIZE=100\0")) },
	{ "insert-huge", MOD, "mod/index", "INSHEADER at 2,147,483,648", AT('E'), BEFORE,
	    SAY(P("i\x80\0\0\0X-A\0 x\0")) },
	{ "value-8bit", MOD, "mod/value-8bit", "a header value with raw bytes above 127",
	    AT('E'), BEFORE, SAY(P("hX-A\0 \xc3\xb6\xff\0")) },
	{ "delete-thrice", MOD, "mod/delete-known",
	    "deletes a recipient it has deleted already", AT('E', .message = 2), BEFORE,
	    SAY(P("-<Brown@foo.com>\0"), P("-<Brown@foo.com>\0")) },
	{ "progress-behind", MOD, "mod/before-final",
	    "says PROGRESS behind the final answer", AT('E'), AFTER, SAY(P("p")) },
	{ "reply-421-goes-on", REP, "rep/one", "says 421 and CONTINUE besides",
	    AT('M', .message = 3), AFTER, SAY(P("y421 4.3.2 Closing\0")) },
	{ "reply-lf-third", REP, "rep/one", "a reply of two lines, the first without CR",
	    AT('R', .nth = 3), INSTEAD, SAY(P("y550-5.7.1 a\n550 5.7.1 b\0")) },
	LAST
};
