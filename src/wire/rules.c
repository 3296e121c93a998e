/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/rules.h"

#include <assert.h>

static_assert(N_WIRE_RULES <= 64, "a set of rules is one word");

const struct wire_rule_row wire_rules[N_WIRE_RULES] = {
#define WIRE_RULE_ROW(id, name, says, source) [RULE_##id] = { name, says, source },
	WIRE_RULES(WIRE_RULE_ROW)
#undef WIRE_RULE_ROW
};

enum wire_rule
wire_rule_named(struct slice name)
{
	for (int i = 0; i < N_WIRE_RULES; i++) {
		if (slice_equal(name, slice_of(wire_rules[i].name)))
			return (enum wire_rule)i;
	}
	return N_WIRE_RULES;
}

void
breach_describe(struct text *out, const struct breach *b)
{
	const struct wire_rule_row *r = &wire_rules[b->rule];

	text_printf(
	    out, "%s: %s (%s", r->name, r->says, b->by == TO_MTA ? "milter" : "MTA");
	if (b->reply < N_PACKETS)
		text_printf(out, ": %s", packet_rules[b->reply].name);
	if (b->command < N_PACKETS)
		text_printf(out, b->by == TO_MTA ? ", last command %s" : ": %s",
		    packet_rules[b->command].name);
	text_printf(out, ")");
}
