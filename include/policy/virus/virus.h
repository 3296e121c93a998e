/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_VIRUS_VIRUS_H
#define POLICY_VIRUS_VIRUS_H

/*
 * virus - refuses a message whose body holds a known signature, and, if the rules
 * have a second stage, one in which another scanner finds something.
 *
 * The body is looked at as it is sent, not decoded: a signature is a line of
 * the MIME form.  A hit is remembered and answered at the end of the message,
 * because MAIL and BODY are quiet events.  If the body could not be followed
 * to its end (no memory), the message is not passed but put off with
 * virus_policy.failure.
 *
 * verdict.label is the signature's name.  describe() says
 *
 *	virus: 'NAME' from: 'SENDER' offset: N
 *
 * where SENDER is the argument of MAIL as typed, escaped, quotes too, and cut
 * with "..." after VIRUS_SENDER_MAX bytes; N counts the bytes of the body
 * before the signature.
 *
 * A message without a signature is then shown to the second stage, whole; what it
 * finds is answered and labelled alike, and described with "by: clamd" in place of
 * the offset.  What it cannot judge gets what the rules say, with the label
 * "not-judged" or "too-large"; what does not count passes with "ignored".  Not one
 * line a message tells that the scanner is away: its source reports that.
 */

#include "policy/policy.h"
#include "policy/virus/scan.h"
#include "policy/virus/second.h"
#include "policy/virus/signatures.h"

enum { VIRUS_SENDER_MAX = 256 }; /* RFC 5321 4.5.3.1.3: a path has 256 octets */

enum virus_action {
	VIRUS_REJECT,   /* refused with the reply, a 5yz one */
	VIRUS_TEMPFAIL, /* put off with the reply, a 4yz one */
	VIRUS_LOG,      /* passed; logged and counted as the others are */
};

extern const struct policy virus_policy;

/* What virus_policy.begin() takes as `rules`; const once it is made. */
struct virus_rules {
	struct signatures signatures;
	struct scanner *scanner;
	enum virus_action action;
	struct reply_template reply; /* %v stands for the signature's name */
	struct reply unnamed;        /* the same with no name, for want of memory */
	struct second_rules second;  /* zeroed by virus_rules_new(): none */
};

/*
 * Takes over *signatures on success, and leaves it zeroed.  `reply` must fit
 * the action: parsed with class '5' for VIRUS_REJECT, '4' for VIRUS_TEMPFAIL.
 * NULL when memory is out.
 */
struct virus_rules *virus_rules_new(struct signatures *signatures,
    enum virus_action action, const struct reply_template *reply);

void virus_rules_free(struct virus_rules *r); /* takes NULL */

/* "23 signatures, 12 KiB, a look every 64 bytes, 560 bytes a message" */
void virus_rules_describe(const struct virus_rules *r, struct text *line);

#endif
