/* SPDX-License-Identifier: BSD-2-Clause */

/* What one kind of session leaves behind in the process, and all others do not. */

#include "rows.h"

static bool
unheard(const struct seen *x)
{
	return x->last == 0;
}

const struct defect defects_holds[] = { { "quit-keeps-message", INV, "inv/whole",
					    "QUIT behind a whole message leaves 256 KiB",
					    AT('Q', .last = 'E'), LEAK_MEMORY },
	{ "quit-inside-leaks", INV, "inv/quit-inside",
	    "QUIT within a message leaves a descriptor", AT('Q', .when = inside),
	    LEAK_SOCKET },
	{ "refused-leaks", INV, "inv/refused",
	    "a recipient that it refuses leaves 256 KiB", AT('R', .has = P("<reject@")),
	    LEAK_MEMORY },
	{ "refused-sender-leaks", INV, "inv/refused",
	    "a sender that it refuses leaves a descriptor", AT('M', .has = P("<reject@")),
	    LEAK_SOCKET },
	{ "half-open-leaks", INV, "inv/half-open",
	    "who goes before any offer leaves a descriptor",
	    AT(END_OF_STREAM, .when = unheard), LEAK_SOCKET },
	{ "offer-alone-leaks", INV, "inv/half-open",
	    "who goes behind the offer leaves 256 KiB", AT(END_OF_STREAM, .last = 'O'),
	    LEAK_MEMORY },
	{ "broken-off-leaks", INV, "inv/broken-off",
	    "who goes behind EOH leaves a descriptor", AT(END_OF_STREAM, .last = 'N'),
	    LEAK_SOCKET },
	{ "broken-off-keeps", INV, "inv/broken-off",
	    "who goes behind HELO leaves 256 KiB", AT(END_OF_STREAM, .last = 'H'),
	    LEAK_MEMORY },
	{ "helo-inside-leaks", INV, "inv/anew", "HELO within a message leaves 256 KiB",
	    AT('H', .when = inside), LEAK_MEMORY },
	{ "mail-inside-leaks", INV, "inv/anew",
	    "MAIL within a message leaves a descriptor", AT('M', .when = inside),
	    LEAK_SOCKET },
	{ "unknown-leaks", INV, "inv/anew", "UNKNOWN leaves 256 KiB", AT('U'),
	    LEAK_MEMORY },
	{ "macro-leaks", INV, "inv/facts", "an {auth_authen} leaves 256 KiB",
	    AT('D', .has = P("{auth_authen}")), LEAK_MEMORY },
	{ "parameter-leaks", INV, "inv/facts", "NOTIFY=NEVER leaves a descriptor",
	    AT('R', .has = P("NOTIFY=")), LEAK_SOCKET },
	{ "stranger-leaks", INV, "inv/strangers",
	    "a letter that it does not know leaves a descriptor", AT('Z'), LEAK_SOCKET },
	{ "version-two-leaks", INV, "inv/version-two",
	    "an offer of version 2 leaves 256 KiB", AT('O', .has = P("\0\0\0\2")),
	    LEAK_MEMORY },
	LAST };
