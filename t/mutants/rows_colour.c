/* SPDX-License-Identifier: BSD-2-Clause */

/* What was rare in one message, or in a session that broke off, colours the next. */

#include "rows.h"

#define WALK ORD, "ord/same-behind-walk"
#define IDLE ORD, "ord/same-behind-idle-abort"
#define NEXT CON, "con/same-behind-session"

const struct defect defects_colour[] = {
	{ "colour-null", WALK, "a sender of nothing colours the next message",
	    AT('M', .has = P("<>")), COLOUR },
	{ "colour-parameters", WALK, "BODY=8BITMIME colours the next message",
	    AT('M', .has = P("BODY=")), COLOUR },
	{ "colour-third-recipient", WALK, "a third recipient colours the next message",
	    AT('R', .nth = 3), COLOUR },
	{ "colour-notify", WALK, "NOTIFY=NEVER colours the next message",
	    AT('R', .has = P("NOTIFY")), COLOUR },
	{ "colour-folded", WALK, "a field of two lines colours the next message",
	    AT('L', .has = P("\n\t")), COLOUR },
	{ "colour-long", WALK, "a field of 900 bytes colours the next message",
	    AT('L', .above = 900), COLOUR },
	{ "colour-empty", WALK, "a field without a value colours the next message",
	    AT('L', .has = P("\0\0")), COLOUR },
	{ "colour-nul", WALK, "a NUL in a body colours the next message",
	    AT('B', .has = P("\0")), COLOUR },
	{ "colour-third-piece", WALK, "a third piece colours the next message",
	    AT('B', .nth = 3), COLOUR },
	{ "colour-unknown", WALK, "UNKNOWN within a message colours the next one",
	    AT('U', .when = inside), COLOUR },
	{ "colour-helo", WALK, "a second HELO colours the next message",
	    AT('H', .nth = 2), COLOUR },
	{ "colour-abort-eoh", WALK, "ABORT behind EOH colours the next message",
	    AT('A', .last = 'N'), COLOUR },
	{ "colour-abort-body", WALK, "ABORT behind BODY colours the next message",
	    AT('A', .last = 'B'), COLOUR },
	{ "colour-macro", WALK, "an {auth_authen} colours the next message",
	    AT('D', .has = P("{auth_authen}")), COLOUR },
	{ "colour-abort-end", IDLE, "ABORT behind the end of a message colours the next",
	    AT('A', .last = 'E'), COLOUR },
	{ "colour-abort-again", IDLE, "a second ABORT colours the next message",
	    AT('A', .last = 'A'), COLOUR },
	{ "colour-abort-helo", IDLE, "ABORT behind HELO colours the next message",
	    AT('A', .last = 'H'), COLOUR },
	{ "colour-abort-unknown", IDLE, "ABORT behind UNKNOWN colours the next message",
	    AT('A', .last = 'U'), COLOUR },
	{ "gone-colours-mail", NEXT, "who goes behind MAIL colours the next session",
	    AT(END_OF_STREAM, .last = 'M'), COLOUR_ALL },
	{ "gone-colours-rcpt", NEXT, "who goes behind RCPT colours the next session",
	    AT(END_OF_STREAM, .last = 'R'), COLOUR_ALL },
	{ "gone-colours-data", NEXT, "who goes behind DATA colours the next session",
	    AT(END_OF_STREAM, .last = 'T'), COLOUR_ALL },
	{ "gone-colours-header", NEXT, "who goes behind HEADER colours the next session",
	    AT(END_OF_STREAM, .last = 'L'), COLOUR_ALL },
	{ "gone-colours-eoh", NEXT, "who goes behind EOH colours the next session",
	    AT(END_OF_STREAM, .last = 'N'), COLOUR_ALL },
	{ "gone-colours-body", NEXT, "who goes behind BODY colours the next session",
	    AT(END_OF_STREAM, .last = 'B'), COLOUR_ALL },
	{ "quit-colours", NEXT, "QUIT within a message colours the next session",
	    AT('Q', .when = inside), COLOUR_ALL },
	LAST
};
