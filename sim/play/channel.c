/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/play/channel.h"

enum { SHOWN_MAX = 300 }; /* of a packet */

void
channel_init(struct channel *c)
{
	*c = (struct channel){ .last = TEXT_INIT(2000), .passed = TEXT_INIT(2000) };
}

void
channel_clear(struct channel *c)
{
	text_clear(&c->last);
	text_clear(&c->passed);
}

void
channel_sent(struct channel *c, enum packet_kind kind, struct slice shown)
{
	text_clear(&c->last);
	text_append_escaped(&c->last, shown, SHOWN_MAX);
	text_clear(&c->passed);
	c->due = NULL;
	if (kind < N_PACKETS)
		c->since[kind]++;
}

void
channel_met(struct channel *c, const struct step *s)
{
	for (int k = 0; k < N_PACKETS; k++)
		c->since[k] = 0;
	c->due = s;
}

void
channel_passed(struct channel *c, struct slice shown)
{
	text_append_cut(&c->passed, slice_first(shown, SHOWN_MAX));
	text_append_cut(&c->passed, SLICE(", then "));
}
