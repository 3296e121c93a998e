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

/* --- what must be --- */

static unsigned
wanted(const struct accounts *a, const struct load_outcome *o)
{
	enum load_verdict must = o->worm ? a->worm : a->clean;

	if (o->may != 0)
		return o->may;
	return must == LOAD_ANY ? LOAD_MAY_ANY : LOAD_MAY(must);
}

/* Who is not named is taken, where all but the worms must be. */
static unsigned
wanted_rcpt(const struct accounts *a, const struct load_rcpt_outcome *o)
{
	enum load_verdict must = o->who->must;
	bool plain = a->clean == LOAD_ACCEPTED &&
		     (o->sender_may == 0 || o->sender_may == LOAD_MAY(LOAD_ACCEPTED));

	if (must == LOAD_UNSAID)
		return plain ? LOAD_MAY(LOAD_ACCEPTED) : LOAD_MAY_ANY;
	return must == LOAD_ANY ? LOAD_MAY_ANY : LOAD_MAY(must) | o->sender_may;
}

static bool
reply_wrong(const struct accounts *a, enum load_verdict verdict, struct slice reply)
{
	return a->reply != NULL && verdict != LOAD_ACCEPTED &&
	       !slice_equal(reply, slice_of(a->reply));
}

/* --- examples of what is wrong --- */

static void
give_came(struct text *to, enum load_verdict verdict, struct slice reply)
{
	text_printf(to, "%s", load_verdict_names[verdict]);
	if (reply.len == 0)
		return;
	text_printf(to, " with '");
	text_append_escaped(to, reply, REPLY_SHOWN);
	text_printf(to, "'");
}

static void
give_wanted(struct accounts *a, unsigned want, enum load_verdict came)
{
	const char *before = ", must be ";

	if ((want & LOAD_MAY(came)) != 0) {
		text_printf(&a->examples, ", must be told '%s'\n", a->reply);
		return;
	}
	for (int i = 0; i < N_LOAD_VERDICTS; i++) {
		if ((want & LOAD_MAY(i)) == 0)
			continue;
		text_printf(&a->examples, "%s%s", before, load_verdict_names[i]);
		before = " or ";
	}
	text_printf(&a->examples, "\n");
}

static bool
one_more_example(const struct accounts *a)
{
	return a->wrong + a->wrong_recipients <= EXAMPLES;
}

/* --- settling --- */

void
accounts_settle(struct accounts *a, const struct load_outcome *o)
{
	unsigned want = wanted(a, o);
	bool wrong = (want & LOAD_MAY(o->verdict)) == 0;

	a->verdict[o->verdict]++;
	a->from[o->sender].count++;
	a->from[o->sender].verdict[o->verdict]++;
	a->worms += o->worm;
	a->no_recipients[o->verdict] += o->no_recipients;
	a->bytes += o->bytes;
	if (!wrong && !reply_wrong(a, o->verdict, o->reply))
		return;
	a->wrong++;
	if (!one_more_example(a))
		return;
	text_printf(&a->examples, "message %" PRIu64 " (%zu bytes%s): ", o->number + 1,
	    o->bytes, o->worm ? ", worm" : "");
	give_came(&a->examples, o->verdict, o->reply);
	give_wanted(a, want, o->verdict);
}

void
accounts_settle_rcpt(struct accounts *a, const struct load_rcpt_outcome *o)
{
	unsigned want = wanted_rcpt(a, o);
	bool wrong = (want & LOAD_MAY(o->verdict)) == 0;

	a->recipients++;
	a->refused_recipients += o->verdict != LOAD_ACCEPTED;
	if (o->index < LOAD_PARTIES_MAX) {
		a->to[o->index].count++;
		a->to[o->index].verdict[o->verdict]++;
	}
	if (!wrong && !reply_wrong(a, o->verdict, o->reply))
		return;
	a->wrong_recipients++;
	if (!one_more_example(a))
		return;
	text_printf(&a->examples, "message %" PRIu64 ", recipient %s: ", o->number + 1,
	    o->who->address);
	give_came(&a->examples, o->verdict, o->reply);
	give_wanted(a, want, o->verdict);
}

uint64_t
accounts_settled(const struct accounts *a)
{
	uint64_t n = 0;

	for (int i = 0; i < N_LOAD_VERDICTS; i++)
		n += a->verdict[i];
	return n;
}
