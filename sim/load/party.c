/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/load/party.h"

bool
load_share_has(double share, unsigned phase, uint64_t n)
{
	double at = (double)(n + phase);

	return (uint64_t)((at + 1) * share + 1e-9) > (uint64_t)(at * share + 1e-9);
}

/* Phases that are far apart also where shares are small; 0 is that of the worms. */
static unsigned
phase(size_t i)
{
	return (unsigned)(i + 1) * 37;
}

/* --- senders --- */

size_t
load_sender_of(const struct load_parties *p, uint64_t n)
{
	for (size_t i = 1; i < p->froms; i++) {
		if (load_share_has(p->from[i].share, phase(i), n))
			return i;
	}
	return 0;
}

/* --- recipients --- */

static bool
comes_first(const struct load_parties *p, size_t k, uint64_t n)
{
	return p->to[k].share > 0 &&
	       load_share_has(p->to[k].share, phase(LOAD_SENDERS_MAX + k), n);
}

static size_t
first_ones(const struct load_parties *p, uint64_t n)
{
	size_t count = 0;

	for (size_t k = 0; k < p->tos; k++)
		count += comes_first(p, k, n);
	return count;
}

/* Those that are taken in turn. */
static size_t
ordinary(const struct load_parties *p)
{
	size_t count = 0;

	for (size_t k = 0; k < p->tos; k++)
		count += p->to[k].share <= 0;
	return count;
}

size_t
load_rcpts_of(const struct load_parties *p, uint64_t n)
{
	size_t count = p->least_to + (size_t)(n % (p->most_to - p->least_to + 1));
	size_t first = first_ones(p, n);

	return first > count ? first : count;
}

size_t
load_rcpts_all(const struct load_parties *p)
{
	return p->tos + (ordinary(p) == 0 ? p->most_to : 0);
}

size_t
load_rcpt_index(const struct load_parties *p, uint64_t n, size_t i)
{
	size_t first = first_ones(p, n), all = ordinary(p);
	bool in_front = i < first;
	size_t nth = in_front ? i : i - first;

	if (!in_front && all == 0)
		return p->tos + nth; /* made up */
	if (!in_front)
		nth %= all;
	for (size_t k = 0; k < p->tos; k++) {
		bool kind = in_front ? comes_first(p, k, n) : p->to[k].share <= 0;
		if (kind && nth-- == 0)
			return k;
	}
	return 0; /* not reached */
}

const struct load_party *
load_rcpt_of(const struct load_parties *p, uint64_t n, size_t i)
{
	static const struct load_party made_up = { "one made up", LOAD_UNSAID, 0 };
	size_t k = load_rcpt_index(p, n, i);

	return k < p->tos ? &p->to[k] : &made_up;
}

/* --- what must come of it --- */

static bool
is_out(enum load_verdict must)
{
	return must == LOAD_REFUSED || must == LOAD_DEFERRED;
}

/* A message without a recipient left is what the last of them was; 0: not so. */
static unsigned
without_recipients(const struct load_parties *p, uint64_t n)
{
	size_t count = load_rcpts_of(p, n);
	unsigned last = 0;

	for (size_t i = 0; i < count; i++) {
		enum load_verdict must = load_rcpt_of(p, n, i)->must;
		if (must == LOAD_ANY)
			return LOAD_MAY_ANY;
		if (!is_out(must))
			return 0;
		last = LOAD_MAY(must);
	}
	return last;
}

unsigned
load_sender_may(const struct load_parties *p, uint64_t n)
{
	enum load_verdict must = p->from[load_sender_of(p, n)].must;

	return must == LOAD_UNSAID ? 0 : must == LOAD_ANY ? LOAD_MAY_ANY : LOAD_MAY(must);
}

/* Whether a sender is judged at MAIL or behind its recipients is the milter's affair. */
unsigned
load_may_of(const struct load_parties *p, uint64_t n)
{
	unsigned sender = load_sender_may(p, n), out = without_recipients(p, n);

	return sender == LOAD_MAY(LOAD_ACCEPTED) && out != 0 ? out : sender | out;
}
