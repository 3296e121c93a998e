/* SPDX-License-Identifier: BSD-2-Clause */
/* sequence_shrink - the shortest walk that still fails in the same way. */
#include <stdlib.h>
#include <string.h>

#include "sim/play/sequence.h"
#include "sim/play/strand.h"

enum {
	SHRINK_PLAYS = 200,
	SHRINK_HASTE = 10, /* a trial waits for an answer so many times shorter */
};

static void
without(const struct sequence *s, size_t at, size_t n, struct sequence *ret)
{
	*ret = *s;
	memmove(&ret->command[at], &s->command[at + n], s->count - at - n);
	memmove(&ret->form[at], &s->form[at + n], s->count - at - n);
	ret->count = s->count - n;
}

static bool
fails_alike(const struct milter_play_config *c, const struct sequence *s,
    enum wire_rule rule, struct milter_outcome *o)
{
	return sequence_in_order(s) && sequence_play(c, s, false, o) == MILTER_FAIL &&
	       o->rule == rule;
}

/* Half of it at a time, then quarters, and at last each command. */
static void
shrink(const struct milter_play_config *c, struct sequence *s, enum wire_rule rule)
{
	struct milter_outcome trial = MILTER_OUTCOME_INIT;
	struct sequence *less = calloc(1, sizeof *less);
	unsigned plays = 0;

	for (size_t n = s->count / 2; less != NULL && n > 0; n /= 2) {
		size_t at = 0;
		while (at + n <= s->count && plays++ < SHRINK_PLAYS) {
			without(s, at, n, less);
			if (fails_alike(c, less, rule, &trial))
				*s = *less;
			else
				at++;
		}
	}
	free(less);
	milter_outcome_clear(&trial);
}

/*
 * A milter that is mute would cost each trial all the time that an answer may take.
 * So trials are hasty, and what they come to counts only if it fails with all of it.
 */
void
sequence_shrink(
    const struct milter_play_config *c, struct sequence *s, struct milter_outcome *o)
{
	enum wire_rule rule = o->rule;
	struct milter_play_config trial = *c;
	struct sequence *whole = malloc(sizeof *whole);

	trial.sink = (struct event_sink){ NULL, NULL };
	trial.limits.answer_ms = strand_answer_ms(c) / SHRINK_HASTE + 1;
	if (whole != NULL) {
		*whole = *s;
		shrink(&trial, s, rule);
	}
	/* Once more, so that outcome and events are those of the shortest. */
	if (!fails_alike(c, s, rule, o) && whole != NULL) {
		*s = *whole;
		(void)sequence_play(c, s, false, o);
	}
	free(whole);
}
