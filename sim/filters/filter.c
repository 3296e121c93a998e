/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/filters/filter.h"

#include "base/put.h"

void
filter_init(struct filter *f, const struct filter_config *config)
{
	*f = (struct filter){
		.config = config,
		.in = TEXT_INIT(FILTER_IN_MAX),
		.aside = TEXT_INIT(FILTER_IN_MAX),
		.out = TEXT_INIT(FILTER_OUT_MAX),
		.kept = TEXT_INIT(FILTER_OUT_MAX),
		.words = TEXT_INIT(FRAME_PAYLOAD_64K),
	};
	for (int i = 0; i < N_SYMLISTS; i++)
		f->macros[i].limit = FRAME_PAYLOAD_64K;
}

void
filter_clear(struct filter *f)
{
	text_clear(&f->in);
	text_clear(&f->aside);
	text_clear(&f->out);
	text_clear(&f->kept);
	text_clear(&f->words);
	for (int i = 0; i < N_SYMLISTS; i++)
		text_clear(&f->macros[i]);
}

void
filter_abandon(struct filter *f)
{
	text_clear(&f->in);
	text_clear(&f->aside);
	text_clear(&f->out);
	text_clear(&f->kept);
	f->buffered = 0;
	f->state = FILTER_FAILED;
	f->close = true;
}

static bool
acceptable(const struct offer *h, const struct optneg *o, struct text *why)
{
	uint32_t actions = o->actions & ~h->actions & h->actions_fatal;
	uint32_t protocol = o->protocol & ~h->protocol & h->protocol_fatal;

	bool old = h->version_fatal != 0 && o->version == h->version_fatal;

	if (old || o->version < h->version_min || o->version > h->version_max)
		text_printf(why, "negotiation: version %u", (unsigned)o->version);
	else if (actions != 0)
		text_printf(
		    why, "negotiation: actions 0x%x were not offered", (unsigned)actions);
	else if (protocol != 0)
		text_printf(why, "negotiation: protocol steps 0x%x were not offered",
		    (unsigned)protocol);
	else
		return true;
	return false;
}

bool
filter_negotiated(
    struct filter *f, const struct offer *o, struct slice payload, struct text *why)
{
	struct packet p;
	struct slice terms = o->bad_list_ends ? slice_first(payload, 12) : payload;
	enum codec_status status = packet_decode(TO_MTA, 'O', terms, &p);

	if (status == CODEC_STAGE && o->strange_list_passed)
		status = packet_decode(TO_MTA, 'O', slice_first(payload, 12), &p);
	if (status != CODEC_OK) {
		text_printf(why, "negotiation: %s", codec_fault(status));
		return false;
	}
	if (!acceptable(o, &p.optneg, why))
		return false;
	f->version = p.optneg.version;
	f->actions = p.optneg.actions;
	f->protocol = p.optneg.protocol;
	f->unsent =
	    o->unsent[f->version < PROTOCOL_VERSION ? f->version : PROTOCOL_VERSION];
	f->state = FILTER_OPEN;

	struct slice names, lists = slice_from(payload, 12);
	struct text ended = TEXT_INIT(FRAME_PAYLOAD_64K + 1);
	uint32_t stage;
	if (o->open_list_counts) {
		put(&ended, lists);
		put(&ended, SLICE("\0"));
		lists = text_slice(&ended);
	}
	while (symlist_next(&lists, &stage, &names)) {
		if (stage >= N_SYMLISTS && !o->strange_list_passed)
			break;
		if (stage >= N_SYMLISTS)
			continue;
		f->listed[stage] = true;
		text_clear(&f->macros[stage]);
		put(&f->macros[stage], names);
	}
	text_clear(&ended);
	return true;
}

/* --- what was read and not asked for --- */

void
filter_took(struct filter *f, size_t size)
{
	/* From what an earlier read brought; else a read that brought all there was. */
	f->buffered = size <= f->buffered ? f->buffered - size : f->in.len - size;
	text_drop(&f->in, size);
}

void
filter_set_apart(struct filter *f)
{
	size_t ours = f->buffered < f->in.len ? f->buffered : f->in.len;

	f->apart = true;
	put(&f->aside, slice_first(text_slice(&f->in), ours));
	text_drop(&f->in, ours);
	f->buffered = 0;
}

void
filter_rejoin(struct filter *f)
{
	if (!f->apart)
		return;
	text_drop(&f->in, f->buffered < f->in.len ? f->buffered : f->in.len);
	f->buffered = f->aside.len;
	put(&f->aside, text_slice(&f->in));
	text_clear(&f->in);
	f->in = f->aside;
	f->aside = (struct text)TEXT_INIT(FILTER_IN_MAX);
	f->apart = false;
}

bool
filter_masked(const struct filter *f, enum packet_kind kind)
{
	return (f->protocol & packet_rules[kind].no_bit) != 0 ||
	       (f->unsent & KIND_BIT(kind)) != 0;
}

bool
filter_silent(const struct filter *f, enum packet_kind kind)
{
	return packet_rules[kind].answers == 0 ||
	       (f->protocol & packet_rules[kind].nr_bit) != 0;
}

enum standing
filter_standing(const struct filter *f)
{
	if (f->state == FILTER_IN_MESSAGE)
		return STANDING_IN_MESSAGE;
	return f->state == FILTER_DONE && !f->over ? STANDING_THROUGH : STANDING_IDLE;
}
