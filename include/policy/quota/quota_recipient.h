/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_QUOTA_QUOTA_RECIPIENT_H
#define POLICY_QUOTA_QUOTA_RECIPIENT_H

/*
 * quota_recipient - whose mailbox a RCPT is about, if one of ours at all.
 *
 * {rcpt_mailer} and {rcpt_addr} are what the MTA made of the address before
 * aliases and .forward, so "local" alone does not mean "saved here": the name
 * is looked up as an alias first and as a user then; first whole, then without
 * its detail.  What a client typed never comes through but as a name of
 * printable bytes, in lower case, without '/', not beginning with '-' or '.'.
 * Pure, but for the ports of the rules.  Private to quota.c.
 */

#include "policy/quota/quota.h"

enum quota_finding {
	QUOTA_PASS,    /* not our business */
	QUOTA_CHECK,   /* a mailbox of ours */
	QUOTA_UNKNOWN, /* a port did not know */
};

struct quota_mailbox {
	struct mailbox_name name;
	struct mailbox_name whole; /* with the detail that was cut off to find it */
};

/* *ret is of use after CHECK and UNKNOWN only. */
enum quota_finding quota_find_mailbox(const struct quota_rules *rules, bool local_client,
    const struct envelope_event *rcpt, struct quota_mailbox *ret);

#endif
