/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Defects of state: what one message leaves to the next, what all sessions share,
 * what is not given back, and who holds up whom.
 */

#include "rows.h"

static bool
refused_before(const struct seen *x)
{
	return x->refused;
}

static bool
three_recipients(const struct seen *x)
{
	return x->rcpts > 2;
}

static bool
clean_end(const struct seen *x)
{
	return x->len == 0 && x->last != 'Q' && x->last != 0;
}

static bool
broken_in_field(const struct seen *x)
{
	return x->last == 'L';
}

const struct defect defects_kept[] = { { "helo-first", ORD, "ord/second-helo",
					   "believes the first HELO for good",
					   .quirk = HELO_FIRST },
	{ "quit-nc-keeps", ORD, "ord/quit-nc-clears",
	    "QUIT_NC leaves the macros and the client's words for the next client",
	    .quirk = QUIT_NC_KEEPS },
	{ "auth-stays", ORD, "ord/facts-clear",
	    "an {auth_authen} of one message is that of the next", .quirk = AUTH_STAYS },
	{ "auth-shared", CON, "con/apart-each", "one {auth_authen} for all sessions",
	    .quirk = AUTH_SHARED },
	{ "args-stay", ORD, "ord/facts-clear",
	    "MAIL without parameters has those of the one before", .quirk = ARGS_STAY },
	{ "args-shared", CON, "con/apart-each", "one set of parameters for all sessions",
	    .quirk = ARGS_SHARED },
	{ "subject-stays", ORD, "ord/facts-clear",
	    "the Subject of the message before is the first of this one",
	    .quirk = SUBJECT_STAYS },
	{ "subject-shared", CON, "con/apart-each", "one Subject for all sessions",
	    .quirk = SUBJECT_SHARED },
	{ "fields-stay", ORD, "ord/abort-clears",
	    "counts the fields of a message that was aborted", .quirk = FIELDS_STAY },
	{ "client-shared", CON, "con/apart-each", "one client's name for all sessions",
	    .quirk = CLIENT_SHARED },
	{ "body-shared", CON, "con/apart", "one sum of a body for all sessions",
	    .quirk = BODY_SHARED },
	{ "accept-sticks", ORD, "ord/same-behind-accept",
	    "having accepted one message it accepts all that come behind",
	    .quirk = ACCEPT_STICKS },
	{ "latest-socket", CON, "con/two", "answers whoever connected last",
	    .quirk = LATEST_SOCKET },
	{ "line-shared", CON, "con/at-once",
	    "one buffer for the headers of messages that end at one moment",
	    .quirk = LINE_SHARED },
	{ "read-locked", CON, "con/half-packet",
	    "a packet that is not whole holds up all sessions", .quirk = READ_LOCKED },
	{ "leaks-little", INV, "inv/memory", "every session leaves 16 KiB",
	    .quirk = LEAKS_LITTLE },
	{ "leaks-body", INV, "inv/messages-memory",
	    "what is known of a message is never freed", .quirk = LEAKS_BODY },
	{ "zombies", INV, "inv/messages-memory",
	    "every message leaves a process that has ended", .quirk = ZOMBIES },
	{ "message-threads", INV, "inv/messages-memory", "every message leaves a thread",
	    .quirk = MESSAGE_THREADS },
	{ "large-leaks", INV, "inv/large",
	    "a piece of over 30,000 bytes leaves a descriptor", AT('B', .above = 30000),
	    LEAK_SOCKET },
	{ "folded-leaks", INV, "inv/facts", "a field of two lines leaves 256 KiB",
	    AT('L', .has = P("\n")), LEAK_MEMORY },
	{ "eoh-twice-leaks", INV, "inv/messages-memory", "EOH leaves a descriptor",
	    AT('N'), LEAK_SOCKET },
	{ "gone-leaks", INV, "inv/broken-off", "who goes behind a field leaves 256 KiB",
	    AT(END_OF_STREAM, .when = broken_in_field), LEAK_MEMORY },
	{ "gone-spins", ORD, "ord/gone-mail",
	    "a client that goes without QUIT keeps a processor busy",
	    AT(END_OF_STREAM, .when = clean_end), SPIN },
	{ "idle-three", TIM, "tim/idle", "hangs up on a session that is idle for 3 s",
	    .quirk = IDLE_THREE },
	{ "pause-three", TIM, "tim/pause", "hangs up on a pause of 3 s within a message",
	    .quirk = PAUSE_THREE },
	{ "second-silent", SHU, "shu/second-instance",
	    "a second instance ends as if nothing were wrong", .quirk = SECOND_SILENT },
	{ "second-unlinks", SHU, "shu/second-instance",
	    "a second instance takes the socket's file away", .quirk = SECOND_UNLINKS },
	{ "int-crashes", SHU, "shu/int", "SIGINT ends it with a crash",
	    .quirk = INT_FAILS },
	{ "refused-silent", REP, "rep/rcpt-alone",
	    "does not answer the end of a message of which it refused a recipient",
	    AT('E', .when = refused_before), SILENT },
	{ "third-data-twice", REP, "rep/once", "answers DATA of three recipients twice",
	    AT('T', .when = three_recipients), AFTER, SAY(P("c")) },
	{ "mail-refused-deaf", ORD, "ord/accept-clears",
	    "does not answer MAIL behind one that it refused",
	    AT('M', .last = 'M', .when = outside), SILENT },
	{ "abort-first-crash", ORD, "ord/walk", "ABORT behind CONNECT ends the process",
	    AT('A', .last = 'C'), CRASH },
	{ "abort-helo-closes", ORD, "ord/abort-outside", "hangs up on ABORT behind HELO",
	    AT('A', .last = 'H'), CLOSE },
	{ "abort-unknown-crash", ORD, "ord/walk",
	    "ABORT behind UNKNOWN within a message ends the process",
	    AT('A', .last = 'U', .when = inside), CRASH },
	LAST };
