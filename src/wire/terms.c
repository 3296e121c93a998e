/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/dialogue.h"

static unsigned
symlist_faults(const struct optneg *offer, const struct optneg *answer)
{
	struct slice rest = answer->symlists;
	uint32_t both = offer->actions & answer->actions;
	unsigned faults = 0;
	uint32_t seen = 0;
	uint32_t stage;
	struct slice names;

	if (rest.len > 0 && (both & ACTION_SETSYMLIST) == 0)
		faults |= TERMS_SYMLIST;
	while (symlist_next(&rest, &stage, &names)) {
		if (stage >= N_SYMLISTS)
			continue;
		if ((seen & UINT32_C(1) << stage) != 0)
			faults |= TERMS_SYMLIST_TWICE;
		seen |= UINT32_C(1) << stage;
	}
	return faults;
}

unsigned
terms_settle(const struct optneg *offer, const struct optneg *answer, struct terms *ret)
{
	unsigned faults = symlist_faults(offer, answer);

	if (answer->version < PROTOCOL_VERSION_MIN)
		faults |= TERMS_VERSION_LOW;
	if (answer->version > offer->version)
		faults |= TERMS_VERSION_HIGH;
	if ((answer->actions & ~offer->actions) != 0)
		faults |= TERMS_ACTIONS;
	if ((answer->protocol & ~offer->protocol) != 0)
		faults |= TERMS_PROTOCOL;
	*ret = (struct terms){
		.version =
		    answer->version < offer->version ? answer->version : offer->version,
		.actions = answer->actions & offer->actions,
		.protocol = answer->protocol & offer->protocol,
	};
	return faults;
}

bool
terms_send(const struct terms *t, enum packet_kind command)
{
	const struct packet_rule *r = &packet_rules[command];

	return (t->protocol & r->no_bit) == 0 && t->version >= (uint32_t)r->since;
}

bool
terms_answer(const struct terms *t, enum packet_kind command)
{
	const struct packet_rule *r = &packet_rules[command];

	return r->answers != 0 && (t->protocol & r->nr_bit) == 0;
}

size_t
terms_payload_max(const struct terms *t)
{
	if ((t->protocol & PROTO_MDS_1M) != 0)
		return FRAME_PAYLOAD_1M;
	return (t->protocol & PROTO_MDS_256K) != 0 ? FRAME_PAYLOAD_256K
						   : FRAME_PAYLOAD_64K;
}
