/* SPDX-License-Identifier: BSD-2-Clause */

/* Defects that a hostile MTA, a signal or a long day brings out. */

#include "rows.h"

static bool
connect_of(const struct seen *x, char family)
{
	const unsigned char *nul = memchr(x->payload, 0, x->len);
	size_t at = nul != NULL ? (size_t)(nul - x->payload) + 1 : x->len;

	return at < x->len && x->payload[at] == (unsigned char)family;
}

static bool
family_unknown(const struct seen *x)
{
	return connect_of(x, 'U');
}

static bool
family_local(const struct seen *x)
{
	return connect_of(x, 'L');
}

static bool
family_six(const struct seen *x)
{
	return connect_of(x, '6');
}

static bool
family_bogus(const struct seen *x)
{
	const unsigned char *nul = memchr(x->payload, 0, x->len);
	size_t at = nul != NULL ? (size_t)(nul - x->payload) + 1 : x->len;

	return at < x->len &&
	       (x->payload[at] == 0 || strchr("UL46", x->payload[at]) == NULL);
}

static bool
address_missing(const struct seen *x)
{
	return !connect_of(x, 'U') && memchr(x->payload, 0, x->len) != NULL &&
	       x->len > 0 && x->payload[x->len - 1] != 0;
}

static bool
host_long(const struct seen *x)
{
	return x->len > 1024;
}

static bool
letter_unknown(const struct seen *x)
{
	return x->letter != END_OF_STREAM &&
	       (x->letter == 0 || strchr("ODCHMRTLNBEUAQK", x->letter) == NULL);
}

/* MACRO whose last name has no value. */
static bool
valueless(const struct seen *x)
{
	size_t strings = 0;

	for (size_t i = 1; i < x->len; i++)
		strings += x->payload[i] == 0;
	return strings % 2 == 1;
}

static bool
nameless(const struct seen *x)
{
	return x->len > 0 && x->payload[0] == 0;
}

static bool
argument_many(const struct seen *x)
{
	size_t strings = 0;

	for (size_t i = 0; i < x->len; i++)
		strings += x->payload[i] == 0;
	return strings > 100;
}

const struct defect defects_rough[] = {
	{ "zero-spins", ROB, "rob/length-zero",
	    "a length of 0 keeps a processor busy for ever", .quirk = ZERO_SPINS },
	{ "long-believed", ROB, "rob/length-memory",
	    "makes room for as much as a length word says", .quirk = NO_LIMIT,
	    .bug = 27 },
	{ "long-crash", ROB, "rob/length-long",
	    "a length above the limit ends the process", .quirk = LONG_CRASHES },
	{ "letter-crash", ROB, "rob/letter",
	    "a letter that it does not know ends the process",
	    AT(0, .when = letter_unknown), CRASH },
	{ "letter-stalls", ROB, "rob/letter-closes",
	    "a letter that it does not know stalls the session",
	    AT(0, .when = letter_unknown), STALL },
	{ "cut-spins", ROB, "rob/cut",
	    "the end of the stream within a packet keeps a processor busy",
	    .quirk = CUT_SPINS },
	{ "cut-keeps-socket", ROB, "rob/cut-descriptors",
	    "the end of the stream within a packet leaks a socket",
	    .quirk = CUT_KEEPS_SOCKET },
	{ "connect-empty-crash", ROB, "rob/connect", "an empty CONNECT ends the process",
	    AT('C', .when = empty), CRASH },
	{ "connect-short-crash", ROB, "rob/connect-open",
	    "a CONNECT whose address has no NUL ends the process",
	    AT('C', .when = address_missing), CRASH },
	{ "connect-long-crash", ROB, "rob/connect-host",
	    "a host name of over a kilobyte ends the process", AT('C', .when = host_long),
	    CRASH },
	{ "connect-family-crash", ROB, "rob/connect-family",
	    "a family that nobody knows ends the process", AT('C', .when = family_bogus),
	    CRASH },
	{ "connect-unknown-crash", ROB, "rob/connect-unknown",
	    "a client without address ends the process", AT('C', .when = family_unknown),
	    CRASH },
	{ "connect-local-closes", ROB, "rob/connect-local",
	    "hangs up on a client on a local socket", AT('C', .when = family_local),
	    CLOSE },
	{ "connect-six-crash", ROB, "rob/connect-six", "an IPv6 client ends the process",
	    AT('C', .when = family_six), CRASH },
	{ "helo-unterminated-crash", ROB, "rob/unterminated-helo",
	    "a HELO without its NUL ends the process", AT('H', .when = unterminated),
	    CRASH },
	{ "mail-unterminated-crash", ROB, "rob/unterminated",
	    "a MAIL without its NUL ends the process", AT('M', .when = unterminated),
	    CRASH },
	{ "rcpt-unterminated-crash", ROB, "rob/unterminated-rcpt",
	    "a RCPT without its NUL ends the process", AT('R', .when = unterminated),
	    CRASH },
	{ "header-unterminated-crash", ROB, "rob/unterminated-header",
	    "a header field without its NUL ends the process",
	    AT('L', .when = unterminated), CRASH },
	{ "unknown-unterminated-crash", ROB, "rob/unterminated-unknown",
	    "an UNKNOWN without its NUL ends the process", AT('U', .when = unterminated),
	    CRASH },
	{ "mail-empty-crash", ROB, "rob/empty", "an empty MAIL ends the process",
	    AT('M', .when = empty), CRASH },
	{ "rcpt-empty-crash", ROB, "rob/empty-rcpt", "an empty RCPT ends the process",
	    AT('R', .when = empty), CRASH },
	{ "header-empty-crash", ROB, "rob/empty-header",
	    "an empty HEADER ends the process", AT('L', .when = empty), CRASH },
	{ "header-nameless-crash", ROB, "rob/header-name",
	    "a header field without a name ends the process", AT('L', .when = nameless),
	    CRASH },
	{ "header-overflow", ROB, "rob/header-long",
	    "copies a header value into 2,048 bytes", .quirk = HEADER_OVERFLOW,
	    .build = ADDRESS },
	{ "arguments-crash", ROB, "rob/arguments",
	    "more than 100 parameters of MAIL end the process",
	    AT('M', .when = argument_many), CRASH },
	{ "macro-empty-crash", ROB, "rob/macro-empty",
	    "a MACRO without even a stage ends the process", AT('D', .when = empty),
	    CRASH },
	{ "macro-valueless-crash", ROB, "rob/macro-value",
	    "a macro without a value ends the process", AT('D', .when = valueless),
	    CRASH },
	{ "macro-overflow", ROB, "rob/macro-long",
	    "copies a macro's value into 1,024 bytes", .quirk = MACRO_OVERFLOW,
	    .build = ADDRESS },

	{ "term-ignored", SHU, "shu/term", "SIGTERM does not end it",
	    .quirk = TERM_IGNORED },
	{ "term-hangs", SHU, "shu/term", "SIGTERM ends its service but not the process",
	    .quirk = TERM_HANGS },
	{ "term-fails", SHU, "shu/term-code", "exit code 1 after SIGTERM",
	    .quirk = TERM_FAILS },
	{ "term-crashes", SHU, "shu/term-code", "SIGTERM ends it with a crash",
	    .quirk = TERM_CRASHES },
	{ "hup-kills", SHU, "shu/hup", "SIGHUP kills it", .quirk = HUP_KILLS, .bug = 21 },
	{ "hup-deafens", SHU, "shu/hup-serves", "takes no session after SIGHUP",
	    .quirk = HUP_DEAFENS },
	{ "stale-is-fatal", SHU, "shu/stale-socket",
	    "does not start while an old socket file lies there", .quirk = STALE_IS_FATAL,
	    .bug = 12 },
	{ "steals-socket", SHU, "shu/second-instance",
	    "takes the socket of one that is running", .quirk = STEALS_SOCKET },
	{ "leaves-socket", SHU, "shu/socket-gone", "leaves its socket file behind",
	    .quirk = LEAVES_SOCKET },
	{ "socket-for-all", SHU, "shu/socket-mode",
	    "all the world may write to its socket", .quirk = SOCKET_FOR_ALL },

	{ "leaks-socket", INV, "inv/descriptors", "every session leaves a descriptor",
	    .quirk = LEAKS_SOCKET },
	{ "leaks-thread", INV, "inv/threads", "every session leaves a thread",
	    .quirk = LEAKS_THREAD },
	{ "leaks-memory", INV, "inv/memory", "every session leaves 256 KiB",
	    .quirk = LEAKS_MEMORY },
	{ "leaks-message", INV, "inv/memory", "every message leaves 256 KiB",
	    .quirk = LEAKS_MESSAGE },
	{ "close-leaks", INV, "inv/aborted", "a message that is cut off is never freed",
	    .quirk = CLOSE_LEAKS, .build = ADDRESS, .bug = 10 },
	{ "dies-after-end", INV, "inv/alive",
	    "the process ends behind its second message", AT('Q', .message = 2), CRASH },
	{ "leaves-after-end", INV, "inv/alive",
	    "the process ends quietly when a session of two messages quits",
	    AT('Q', .message = 2), END },
	LAST
};
