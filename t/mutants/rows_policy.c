/* SPDX-License-Identifier: BSD-2-Clause */

/* Defects of what the four kinds of filter are for. */

#include "rows.h"

static bool
exact(const struct seen *x)
{
	return x->len == sizeof "REFMILTER-TEST-SIGNATURE-0123456789" - 1;
}

static bool
bodiless(const struct seen *x)
{
	return x->in_message && x->bodies == 0;
}

const struct defect defects_policy[] = { { "virus-by-chunk", POLICY, "policy/virus-cut",
					     "a signature across two pieces is not found",
					     .quirk = VIRUS_BY_CHUNK, .bug = 3 },
	{ "virus-to-nul", POLICY, "policy/virus-nul",
	    "a signature behind a NUL is not found", .quirk = VIRUS_TO_NUL, .bug = 4 },
	{ "virus-plain", POLICY, "policy/virus-reply",
	    "refuses a virus with REJECT and no words", .quirk = VIRUS_PLAIN, .bug = 5 },
	{ "virus-other-code", POLICY, "policy/virus-reply",
	    "refuses a virus with another code", .quirk = VIRUS_OTHER_CODE },
	{ "virus-once", POLICY, "policy/virus-again",
	    "finds a virus in a session's first message alone", .quirk = VIRUS_ONCE },
	{ "virus-always", POLICY, "policy/virus-clean",
	    "refuses every message as a virus", .quirk = VIRUS_ALWAYS, .bug = 16 },
	{ "virus-exact-crash", POLICY, "policy/virus-alone",
	    "a piece that is just the signature ends the process", AT('B', .when = exact),
	    CRASH, .bug = 2 },
	{ "virus-skip-accept", POLICY, "policy/virus-late",
	    "accepts behind the first piece of a body, which was clean",
	    AT('B', .nth = 1), INSTEAD, SAY(P("a")) },
	{ "quota-plain", POLICY, "policy/quota-reply",
	    "refuses a full mailbox with REJECT and no words", .quirk = QUOTA_PLAIN },
	{ "quota-later", POLICY, "policy/quota-reply", "puts a full mailbox off with 452",
	    .quirk = QUOTA_LATER },
	{ "quota-postmaster", POLICY, "policy/quota-postmaster",
	    "refuses the postmaster too", .quirk = QUOTA_POSTMASTER },
	{ "quota-null-sender", POLICY, "policy/quota-null", "refuses bounces too",
	    .quirk = QUOTA_NULL_SENDER },
	{ "quota-all", POLICY, "policy/quota-others",
	    "one full mailbox refuses the others with it", .quirk = QUOTA_ALL },
	{ "logger-refuses", POLICY, "policy/logger-never",
	    "refuses a message with an empty body", AT('E', .when = bodiless), INSTEAD,
	    SAY(P("r")) },
	{ "spam-subdomain", POLICY, "policy/spam-subdomain",
	    "lets senders below the listed domain pass", .quirk = SPAM_SUBDOMAIN },
	{ "spam-suffix", POLICY, "policy/spam-label",
	    "refuses domains that only end like the listed one", .quirk = SPAM_SUFFIX },
	{ "spam-case", POLICY, "policy/spam-case", "a listed domain in capitals passes",
	    .quirk = SPAM_CASE },
	{ "spam-second-from", POLICY, "policy/spam-every-from",
	    "looks at the first From alone", .quirk = SPAM_SECOND_FROM },
	{ "spam-plain", POLICY, "policy/spam-reply",
	    "refuses a listed sender with REJECT and no words", .quirk = SPAM_PLAIN },
	LAST };
