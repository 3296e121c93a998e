/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/puppet/scripted.h"

void
scripted_init(struct scripted *s, struct script script, int milter)
{
	*s = (struct scripted){
		.script = script,
		.milter = milter,
		.command = N_PACKETS,
		.answer = TEXT_INIT(FRAME_HEAD + FRAME_PAYLOAD_64K),
	};
}

void
scripted_clear(struct scripted *s)
{
	text_clear(&s->answer);
}

static bool
concerns(const struct scripted *s, const struct rule *r)
{
	return r->milter == s->milter && r->on == s->command;
}

/* 0: does not apply; else the higher the closer. */
static unsigned
closeness(const struct rule *r, unsigned seen)
{
	if (r->nth == 0)
		return 1;
	if (r->nth == seen && !r->onwards)
		return UINT32_MAX;
	return r->onwards && r->nth <= seen ? 1 + r->nth : 0;
}

/* The closest rules of this command: all that share the best condition. */
static unsigned
best_closeness(const struct scripted *s)
{
	unsigned best = 0;

	for (size_t i = 0; i < s->script.count; i++) {
		const struct rule *r = &s->script.rule[i];
		unsigned c = concerns(s, r) ? closeness(r, s->seen[r->on]) : 0;
		if (c > best)
			best = c;
	}
	return best;
}

static const struct action *
next_rule(struct scripted *s)
{
	unsigned best = best_closeness(s);

	while (best != 0 && s->at < s->script.count) {
		const struct rule *r = &s->script.rule[s->at++];
		if (concerns(s, r) && closeness(r, s->seen[r->on]) == best)
			return &r->action;
	}
	return NULL;
}

static const struct action *
next_action(struct scripted *s)
{
	if (s->told_count == 0)
		return next_rule(s);
	return s->at < s->told_count ? &s->told[s->at++] : NULL;
}

/* OPTNEG: takes all that is offered, masks no step. */
static struct packet
negotiate(const struct packet *offer)
{
	uint32_t version = offer->optneg.version;

	return (struct packet){
		.kind = RPL_OPTNEG,
		.optneg = {
			.version =
			    version < PROTOCOL_VERSION ? version : PROTOCOL_VERSION,
			.actions = offer->optneg.actions,
		},
	};
}

/* What our own OPTNEG, told or not, makes of the offer. */
static void
settle_terms(struct scripted *s, const struct packet *offer)
{
	struct packet answer = negotiate(offer);
	const struct action *a;
	struct frame f;

	while ((a = next_action(s)) != NULL) {
		struct packet p;
		if (a->act == ACT_SEND &&
		    frame_decode(text_slice(&a->bytes), FRAME_PAYLOAD_1M, &f) ==
			FRAME_OK &&
		    packet_decode(TO_MTA, f.letter, f.payload, &p) == CODEC_OK &&
		    p.kind == RPL_OPTNEG)
			answer = p;
	}
	s->at = 0;
	(void)terms_settle(&offer->optneg, &answer.optneg, &s->terms);
}

/* The answer that follows when nothing else settles the command. */
static void
prepare_default(struct scripted *s, const struct packet *p, bool decoded)
{
	struct packet answer = { .kind = RPL_CONTINUE };

	text_clear(&s->answer);
	if (s->command == CMD_OPTNEG && decoded)
		answer = negotiate(p);
	else if (!terms_answer(&s->terms, s->command))
		return;
	if (packet_encode(&s->answer, &answer) != CODEC_OK)
		text_clear(&s->answer);
}

void
scripted_packet(struct scripted *s, char letter, struct slice payload,
    const struct action *told, size_t n)
{
	struct packet p;

	s->command = packet_kind(TO_MILTER, letter);
	s->told = told;
	s->told_count = n;
	s->at = 0;
	s->settled = s->command == N_PACKETS;
	text_clear(&s->answer);
	if (s->settled)
		return;
	s->seen[s->command]++;
	bool decoded = packet_decode(TO_MILTER, letter, payload, &p) == CODEC_OK;
	if (s->command == CMD_OPTNEG && decoded)
		settle_terms(s, &p);
	prepare_default(s, &p, decoded);
}

bool
scripted_next(struct scripted *s, struct effect *ret)
{
	if (s->command == N_PACKETS)
		return false;
	const struct action *a = next_action(s);
	if (a != NULL) {
		s->settled = s->settled || a->settles;
		*ret = (struct effect){ a->act, text_slice(&a->bytes), a->wait_ms };
		return true;
	}
	s->command = N_PACKETS;
	if (s->settled || s->answer.len == 0)
		return false;
	*ret = (struct effect){ .act = ACT_SEND, .bytes = text_slice(&s->answer) };
	return true;
}
