/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/filters/chain_clock.h"

uint64_t
chain_limit(const struct chain *c, long ms)
{
	return ms == 0 ? 0 : c->now + (uint64_t)ms;
}

/* A wait for an answer ends with R; in the end of message E bounds all waits, or each. */
void
chain_wait(struct chain *c, const struct filter *f)
{
	bool content = c->event.moment == MOMENT_MESSAGE && c->habits->eom_each;

	c->deadline = chain_limit(c, content ? f->config->eom_ms : f->config->read_ms);
	if (c->eom_deadline != 0 && (c->deadline == 0 || c->eom_deadline < c->deadline))
		c->deadline = c->eom_deadline;
}

void
chain_wait_for_room(struct chain *c, const struct filter *f)
{
	if (c->deadline == 0)
		c->deadline = chain_limit(c, f->config->send_ms);
}
