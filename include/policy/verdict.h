/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_VERDICT_H
#define POLICY_VERDICT_H

/*
 * verdict - what a policy wants done, in words the policy owns.
 *
 * glue is the only place that knows what a verdict means to libmilter.  There
 * is no DISCARD: a message that was taken with 250 must not vanish (RFC 1123
 * section 5.3.3).
 */

#include "base/slice.h"
#include "policy/reply.h"

enum verdict_kind {
	VERDICT_CONTINUE, /* go on with the next event */
	VERDICT_ACCEPT,   /* no more events of this message, please */
	VERDICT_REJECT,   /* 5yz; at RCPT for that recipient alone */
	VERDICT_TEMPFAIL, /* 4yz; at RCPT for that recipient alone */
};

struct verdict {
	enum verdict_kind kind;
	const struct reply *reply; /* NULL: the MTA's default; lives until end() */
	struct slice label;        /* logged and counted, e.g. a signature's name */
	unsigned delay_ms;         /* wait this long before the answer goes out */
};

#define CARRY_ON ((struct verdict){ .kind = VERDICT_CONTINUE })

#endif
