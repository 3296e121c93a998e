/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * What comparing cannot find, as no two answers are alike; scanners that see a pattern
 * only where it is whole; and what is lost when the other side reads late.
 */

#include "rows.h"

/* Thirty others have come to their fields. */
static bool
thronged(const struct seen *x)
{
	return x->others('L') >= 30;
}

static bool
beside(const struct seen *x)
{
	return x->others('H') + x->others('M') + x->others('R') + x->others('T') > 0;
}

#define CUT     BODY, "body/scanned-cut"
#define REFUSED INSTEAD, SAY(P("y550 5.7.1 Infected\0"))

const struct defect defects_own[] = { { "late-closes", TIM, "tim/late-reader",
					  "hangs up on an MTA that reads its changes "
					  "a moment late",
					  .quirk = LATE_CLOSES },
	{ "late-drops", TIM, "tim/late-reader",
	    "drops the packets that the socket does not take at once",
	    .quirk = LATE_DROPS },
	{ "counted-message", ORD, "ord/own-words",
	    "counts its messages, and tells the first sender of the session",
	    .quirk = OWN_MESSAGE },
	{ "counted-session", CON, "con/own-words",
	    "counts its messages, and tells the first sender of all",
	    .quirk = OWN_SESSION },
	{ "by-client", CON, "con/client/own-words",
	    "takes two sessions of one client for one", .quirk = BY_CLIENT },
	{ "by-queue-id", CON, "con/id/own-words",
	    "takes two messages with one queue id for one", .quirk = BY_QUEUE_ID },
	{ "by-envelope", CON, "con/envelope/own-words",
	    "takes two messages of one sender to one recipient for one",
	    .quirk = BY_ENVELOPE },
	{ "by-socket", CON, "con/behind/own-words",
	    "takes a session for the one that had its descriptor before",
	    .quirk = BY_SOCKET },
	{ "eicar-whole", CUT, "finds a virus only where one piece has all of it",
	    AT('B', .has = P("$EICAR-STANDARD-ANTI"
			     "VIRUS-TEST-FILE!$H+H*")),
	    REFUSED },
	{ "gtube-whole", CUT, "finds spam only where one piece has all of its mark",
	    AT('B', .has = P("NEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X")), REFUSED },
	{ "colour-eicar", ORD, "ord/same-behind-scanned",
	    "a virus colours the next message",
	    AT('B', .has = P("$EICAR-STANDARD-ANTI"
			     "VIRUS-TEST-FILE!$H+H*")),
	    COLOUR },
	{ "colour-spam-flag", ORD, "ord/same-behind-scanned",
	    "a field that names spam colours the next message",
	    AT('L', .has = P("X-Spam-Flag")), COLOUR },
	{ "body-last-piece", BODY, "body/kept-large",
	    "gives back the last piece of a large body", .quirk = KEEPS_LAST_PIECE },
	{ "body-100-kb", BODY, "body/kept-large",
	    "gives back 100,000 bytes of a body and no more", .quirk = KEEPS_100_KB },
	{ "second-hung-up", CON, "con/in-turn", "hangs up on a client beside another",
	    AT('O', .when = beside), CLOSE },
	{ "sixth-hung-up", CON, "con/six-in-turn",
	    "hangs up on a client beside five others", .quirk = FIVE_SESSIONS },
	{ "crowd-gone-crash", CON, "con/crowd-gone",
	    "a client that goes from among 30 others ends the process",
	    AT(END_OF_STREAM, .when = thronged), CRASH },
	LAST };
