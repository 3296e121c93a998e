/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/profile/answer.h"

#include <string.h>

#include "base/put.h"

enum answer
answer_of(const struct habits *h, uint32_t protocol, enum packet_kind kind,
    struct slice payload)
{
	static const unsigned char answers[N_PACKETS] = {
		[RPL_CONTINUE] = ANSWER_CONTINUE,
		[RPL_ACCEPT] = ANSWER_ACCEPT,
		[RPL_REJECT] = ANSWER_REJECT,
		[RPL_TEMPFAIL] = ANSWER_TEMPFAIL,
		[RPL_REPLYCODE] = ANSWER_REPLY,
		[RPL_DISCARD] = ANSWER_DISCARD,
		[RPL_SKIP] = ANSWER_SKIP,
		[RPL_PROGRESS] = ANSWER_PROGRESS,
		[RPL_CONN_FAIL] = ANSWER_CONN_FAIL,
		[RPL_SHUTDOWN] = ANSWER_SHUTDOWN,
		[RPL_ADDHEADER] = ANSWER_EDIT,
		[RPL_INSHEADER] = ANSWER_EDIT,
		[RPL_CHGHEADER] = ANSWER_EDIT,
		[RPL_ADDRCPT] = ANSWER_EDIT,
		[RPL_ADDRCPT_PAR] = ANSWER_EDIT,
		[RPL_DELRCPT] = ANSWER_EDIT,
		[RPL_CHGFROM] = ANSWER_EDIT,
		[RPL_REPLBODY] = ANSWER_EDIT,
		[RPL_QUARANTINE] = ANSWER_QUARANTINE,
	};

	if (kind == N_PACKETS || kind == RPL_OPTNEG)
		return ANSWER_OTHER;
	if (kind == RPL_SKIP && h->skip_needs_bit && (protocol & PROTO_SKIP) == 0)
		return ANSWER_OTHER;
	if (h->payload_spoils && packet_rules[kind].shape == SHAPE_NONE &&
	    payload.len != 0)
		return ANSWER_OTHER;
	return answers[kind];
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Two percent signs are one; one alone is none, where it got this far. */
static bool
percents_doubled(struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '%' && (++i == text.len || text.ptr[i] != '%'))
			return false;
	}
	return true;
}

static void
undouble(struct text *ret, struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '%' && (++i == text.len || text.ptr[i] != '%')) {
			i--;
			continue;
		}
		put(ret, (struct slice){ &text.ptr[i], 1 });
	}
}

/* `550 5.7.1 text`: 4yz or 5yz, and what the MTA thinks of a class that differs. */
static bool
code_good(const struct reply_rules *r, struct slice text)
{
	if (text.len < 3 || (text.ptr[0] != '4' && text.ptr[0] != '5') ||
	    !is_digit(text.ptr[1]) || !is_digit(text.ptr[2]))
		return false;
	if (r->blank_needed &&
	    (text.len == 3 || (text.ptr[3] != ' ' && text.ptr[3] != '-')))
		return false;
	return !r->class_must_match || text.len <= 5 || !is_digit(text.ptr[4]) ||
	       text.ptr[5] != '.' || text.ptr[4] == text.ptr[0];
}

bool
answer_words(const struct reply_rules *r, struct slice payload, struct text *ret)
{
	struct slice text = slice_first(payload, slice_find(payload, '\0'));

	if ((r->nul_needed && text.len + 1 != payload.len) || !code_good(r, text) ||
	    (r->percent == PERCENT_DOUBLED && !percents_doubled(text)))
		return false;
	undouble(ret, text);
	return true;
}
