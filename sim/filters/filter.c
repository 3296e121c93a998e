/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/filters/filter.h"

#include "base/put.h"

void
filter_init(struct filter *f, const struct filter_config *config)
{
	*f = (struct filter){
		.config = config,
		.in = TEXT_INIT(FILTER_IN_MAX),
		.out = TEXT_INIT(FILTER_OUT_MAX),
	};
	for (int i = 0; i < N_SYMLISTS; i++)
		f->macros[i].limit = FRAME_PAYLOAD_64K;
}

void
filter_clear(struct filter *f)
{
	text_clear(&f->in);
	text_clear(&f->out);
	for (int i = 0; i < N_SYMLISTS; i++)
		text_clear(&f->macros[i]);
}

void
filter_abandon(struct filter *f)
{
	text_clear(&f->in);
	text_clear(&f->out);
	f->state = FILTER_FAILED;
	f->close = true;
}

/* sendmail compares with a number far above 6, so only 1 is too small or large. */
static bool
acceptable(const struct habits *h, const struct optneg *o, struct text *why)
{
	if (o->version < PROTOCOL_VERSION_MIN)
		text_printf(why, "negotiation: version %u", (unsigned)o->version);
	else if ((o->actions & ~h->actions) != 0)
		text_printf(why, "negotiation: actions 0x%x were not offered",
		    (unsigned)(o->actions & ~h->actions));
	else if ((o->protocol & ~h->protocol) != 0)
		text_printf(why, "negotiation: protocol steps 0x%x were not offered",
		    (unsigned)(o->protocol & ~h->protocol));
	else
		return true;
	return false;
}

bool
filter_negotiated(
    struct filter *f, const struct habits *h, struct slice payload, struct text *why)
{
	struct packet p;
	enum codec_status status = packet_decode(TO_MTA, 'O', payload, &p);

	if (status != CODEC_OK) {
		text_printf(why, "negotiation: %s", codec_fault(status));
		return false;
	}
	if (!acceptable(h, &p.optneg, why))
		return false;
	f->version = p.optneg.version;
	f->actions = p.optneg.actions;
	f->protocol = p.optneg.protocol;
	f->state = FILTER_OPEN;

	struct slice names, lists = p.optneg.symlists;
	uint32_t stage;
	while (symlist_next(&lists, &stage, &names)) {
		f->listed[stage] = true;
		text_clear(&f->macros[stage]);
		put(&f->macros[stage], names);
	}
	return true;
}

bool
filter_masked(const struct filter *f, enum packet_kind kind)
{
	const struct packet_rule *r = &packet_rules[kind];

	return (f->protocol & r->no_bit) != 0 || (uint32_t)r->since > f->version;
}

bool
filter_silent(const struct filter *f, enum packet_kind kind)
{
	return packet_rules[kind].answers == 0 ||
	       (f->protocol & packet_rules[kind].nr_bit) != 0;
}

struct slice
filter_macro_names(const struct filter *f, const struct habits *h, enum symlist list)
{
	if (list == SYMLIST_NONE)
		return SLICE("");
	return f->listed[list] ? text_slice(&f->macros[list]) : slice_of(h->macros[list]);
}
