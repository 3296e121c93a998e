/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/load/accounts.h"

#include <inttypes.h>

enum { EXAMPLES = 10, REPLY_SHOWN = 200 };

const char *const load_verdict_names[N_LOAD_VERDICTS + 1] = {
	[LOAD_ACCEPTED] = "accepted",
	[LOAD_REFUSED] = "refused",
	[LOAD_DEFERRED] = "deferred",
	[LOAD_DISCARDED] = "discarded",
	[N_LOAD_VERDICTS] = "any",
};

void
accounts_init(struct accounts *a)
{
	*a = (struct accounts){ .clean = LOAD_ACCEPTED,
		.worm = LOAD_REFUSED,
		.examples = TEXT_INIT(16 * 1024) };
}

void
accounts_clear(struct accounts *a)
{
	text_clear(&a->examples);
}

static bool
reply_wrong(const struct accounts *a, const struct load_outcome *o)
{
	return a->reply != NULL && o->verdict != LOAD_ACCEPTED &&
	       !slice_equal(o->reply, slice_of(a->reply));
}

static void
give_example(struct accounts *a, const struct load_outcome *o, enum load_verdict want)
{
	text_printf(&a->examples, "message %" PRIu64 " (%zu bytes%s): %s", o->number + 1,
	    o->bytes, o->worm ? ", worm" : "", load_verdict_names[o->verdict]);
	if (o->reply.len != 0) {
		text_printf(&a->examples, " with '");
		text_append_escaped(&a->examples, o->reply, REPLY_SHOWN);
		text_printf(&a->examples, "'");
	}
	if (want != o->verdict && want != N_LOAD_VERDICTS)
		text_printf(&a->examples, ", must be %s\n", load_verdict_names[want]);
	else
		text_printf(&a->examples, ", must be told '%s'\n", a->reply);
}

void
accounts_settle(struct accounts *a, const struct load_outcome *o)
{
	enum load_verdict want = o->worm ? a->worm : a->clean;
	bool wrong = want != N_LOAD_VERDICTS && want != o->verdict;

	a->verdict[o->verdict]++;
	a->worms += o->worm;
	a->bytes += o->bytes;
	if (!wrong && !reply_wrong(a, o))
		return;
	if (a->wrong++ < EXAMPLES)
		give_example(a, o, want);
}

uint64_t
accounts_settled(const struct accounts *a)
{
	uint64_t n = 0;

	for (int i = 0; i < N_LOAD_VERDICTS; i++)
		n += a->verdict[i];
	return n;
}
