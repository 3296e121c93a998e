/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/play/milter_want.h"

#include "wire/notation.h"
#include "wire/words.h"

/* --- one packet, one want --- */

static bool
raw_wanted(struct variables *v, struct slice want, char letter, struct slice payload)
{
	struct text filled = TEXT_INIT(FRAME_PAYLOAD_1M),
		    bytes = TEXT_INIT(FRAME_PAYLOAD_1M);
	struct text why = TEXT_INIT(400);
	bool same = pattern_fill(slice_from(want, strlen("raw ")), v, &filled, &why) &&
		    words_unescape(&bytes, text_slice(&filled), false, &why) &&
		    bytes.len > 0 && bytes.ptr[0] == letter &&
		    slice_equal(slice_from(text_slice(&bytes), 1), payload);

	text_clear(&filled);
	text_clear(&bytes);
	text_clear(&why);
	return same;
}

static bool
pattern_wanted(struct variables *v, struct slice want, char letter, struct slice payload)
{
	struct text shown = TEXT_INIT(5 * FRAME_PAYLOAD_1M);

	if (slice_starts(want, SLICE("raw ")))
		return raw_wanted(v, want, letter, payload);
	payload_describe(&shown, TO_MTA, letter, payload);
	bool same = pattern_match(want, text_slice(&shown), v);
	text_clear(&shown);
	return same;
}

bool
want_met(struct variables *v, const struct step *s, char letter, struct slice payload)
{
	enum packet_kind k = packet_kind(TO_MTA, letter);

	switch (s->want) {
	case WANT_PATTERN:
		return pattern_wanted(v, text_slice(&s->text), letter, payload);
	case WANT_ANSWER: return k < N_PACKETS && packet_rules[k].final;
	case WANT_CONSENT: return k == RPL_CONTINUE || k == RPL_ACCEPT;
	case WANT_REFUSAL:
		return k == RPL_REJECT || k == RPL_TEMPFAIL || k == RPL_REPLYCODE;
	case WANT_EDITS:
	case WANT_CLOSE:
	case WANT_UNTIL_CLOSE:
	case WANT_SILENCE: return false;
	}
	return false;
}

/* --- a line and its alternatives --- */

const struct step *
want_among(const struct step *s, size_t n, enum want want)
{
	for (size_t i = 0; i < n; i++) {
		if (s[i].want == want)
			return &s[i];
	}
	return NULL;
}

bool
want_met_by_any(struct variables *v, const struct step *s, size_t n, char letter,
    struct slice payload)
{
	for (size_t i = 0; i < n; i++) {
		if (want_met(v, &s[i], letter, payload))
			return true;
	}
	return false;
}

/* Changes before a final answer that only the answer is asked of. */
static bool
passes_edits(const struct step *s, size_t n)
{
	return want_among(s, n, WANT_ANSWER) != NULL ||
	       want_among(s, n, WANT_CONSENT) != NULL ||
	       want_among(s, n, WANT_REFUSAL) != NULL ||
	       want_among(s, n, WANT_EDITS) != NULL;
}

enum want_take
want_take(struct variables *v, const struct step *s, size_t n, const struct frame *f)
{
	enum packet_kind k = packet_kind(TO_MTA, f->letter);
	bool final = k < N_PACKETS && packet_rules[k].final;

	if (want_among(s, n, WANT_UNTIL_CLOSE) != NULL)
		return WANT_PASS;
	if (want_met_by_any(v, s, n, f->letter, f->payload))
		return WANT_DONE;
	if (want_among(s, n, WANT_EDITS) != NULL && final)
		return WANT_DONE_KEEP;
	if (k < N_PACKETS && !final && (k == RPL_PROGRESS || passes_edits(s, n)))
		return WANT_PASS;
	return WANT_WRONG;
}
