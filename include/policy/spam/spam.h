/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_SPAM_SPAM_H
#define POLICY_SPAM_SPAM_H

/*
 * spam - refuses listed senders for the recipients who asked for it.
 *
 * RCPT says who asked ("opted in"); header From, and if wanted the envelope
 * sender, says who sends.  One message has one answer, but its recipients may
 * differ: `mixed` says what then.  A message is given up with ACCEPT as soon
 * as its verdict cannot be a refusal any more, which for most mail is the
 * first RCPT: then no header is ever sent to us.
 *
 *	recipients          mixed=accept   reject       split
 *	asked               refuse         refuse       refuse
 *	did not ask         accept         accept       accept
 *	both kinds          accept         refuse       452 at RCPT for those who
 *	                                                differ from the first
 *	asked, postmaster   accept         accept       452 as above
 *
 * The envelope sender is known before RCPT, so there each recipient gets an
 * answer of its own.  postmaster and abuse (RFC 2142, RFC 5321 4.5.1) are
 * never filtered, and nobody is ever dropped from a message in silence.
 *
 * Rules are immutable and may be used by all threads.
 */

#include "base/report.h"
#include "policy/address/address_list.h"
#include "policy/policy.h"
#include "policy/spam/tarpit.h"

enum spam_match { SPAM_MATCH_HEADER, SPAM_MATCH_ENVELOPE, SPAM_MATCH_BOTH };
enum spam_mixed { SPAM_MIXED_ACCEPT, SPAM_MIXED_REJECT, SPAM_MIXED_SPLIT };
enum spam_no_from { SPAM_NO_FROM_ACCEPT, SPAM_NO_FROM_REJECT };

/* Who counts refusals of clients: store/client_tarpit.h, or a test. */
struct spam_tarpit {
	/* Milliseconds by which this refusal is to be delayed; thread-safe. */
	unsigned (*refused)(
	    void *self, const struct tarpit_limits *limits, struct slice client_address);
	void *self;
};

struct spam_rules {
	const struct address_list *senders, *recipients;
	enum spam_match match;
	enum spam_mixed mixed;
	enum spam_no_from no_from;   /* From missing, or without an address */
	struct reply_template reply; /* 5yz; %f is the address that hit */
	struct reply no_from_reply;  /* 5yz */
	const char *delimiters;      /* between a recipient and its detail: "+" */
	/* Domains of this host (policy/address/address_names.h); NULL: not known. */
	const struct name_list *local_domains;
	/* For recipients: those, or else the domains of their list. */
	const struct name_list *recipient_domains;
	bool pass_authenticated; /* clients that logged in ({auth_authen}) */
	struct tarpit_limits limits;
	struct spam_tarpit tarpit; /* refused NULL: no tarpit */
};

extern const struct policy spam_policy; /* its rules are a struct spam_rules */

#endif
