/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_QUOTA_QUOTA_ANSWER_H
#define POLICY_QUOTA_QUOTA_ANSWER_H

/*
 * quota_answer - what two kinds of servers say about a mailbox.
 *
 * Postfix's policy protocol, which Dovecot's quota-status speaks: a request is
 * name=value lines and an empty line, an answer "action=..." and an empty line.
 * Full is 552 or 452, or an enhanced code X.2.2 or X.2.3; another refusal
 * ("REJECT Unknown user") is not about room.  Dovecot 2.4 answers "action="
 * alone for a message that is too large: that says nothing, and is reported.
 *
 * Socketmap, which Cyrus's smmapd speaks: netstrings "LEN:map key," and
 * "LEN:STATUS text,".  smmapd says over quota as TEMP or PERM by its own
 * configuration, so that the text has to tell: it names the quota.
 *
 * Pure and thread-safe.
 */

#include "base/text.h"
#include "policy/quota/mailbox_name.h"

enum { QUOTA_ANSWER_MAX = 4096 }; /* bytes; a longer answer is nonsense */

enum quota_answer {
	ANSWER_INCOMPLETE, /* read on */
	ANSWER_FITS,
	ANSWER_FULL,
	ANSWER_TROUBLE,  /* the server says it cannot tell */
	ANSWER_NONSENSE, /* hang up */
};

/*
 * Append a request.  False when the name cannot be part of one: a control
 * character in it could pass for another line.
 */
bool quota_status_request(struct text *to, struct slice recipient, uint64_t size);
bool socketmap_request(struct text *to, struct slice map, struct slice key);

/* `got` is what has come so far; *ret_used the bytes of a complete answer. */
enum quota_answer quota_status_answer(struct slice got, size_t *ret_used);
enum quota_answer socketmap_answer(struct slice got, size_t *ret_used);

/*
 * A netstring at the start of `got`.  ANSWER_FITS: *ret_value is set, and
 * *ret_used the bytes it took; else INCOMPLETE or NONSENSE.
 */
enum quota_answer netstring_parse(
    struct slice got, struct slice *ret_value, size_t *ret_used);

#endif
