/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/dialogue.h"

void
dialogue_init(struct dialogue *d)
{
	*d = (struct dialogue){ .stage = STAGE_START, .due = N_PACKETS };
}

/*
 * The stages that count as reached: a command that the milter does not want is
 * jumped over, as if it had been sent.
 */
static uint32_t
reached(const struct dialogue *d)
{
	uint32_t now = IN_STAGE(d->stage);
	uint32_t before;

	if (d->stage == STAGE_START)
		return now;
	do {
		before = now;
		for (int k = 0; k < N_PACKETS; k++) {
			const struct packet_rule *r = &packet_rules[k];
			if ((r->from & now) != 0 && r->next < N_STAGES &&
			    !terms_send(&d->terms, (enum packet_kind)k))
				now |= IN_STAGE(r->next);
		}
	} while (now != before);
	return now;
}

static enum dialogue_status
judge_command(const struct dialogue *d, enum packet_kind command)
{
	const struct packet_rule *r = &packet_rules[command];
	uint32_t now = reached(d);

	if (r->to != TO_MILTER)
		return DIALOGUE_OUT_OF_ORDER;
	if (command == CMD_ABORT || command == CMD_QUIT)
		return (r->from & now) != 0        ? DIALOGUE_OK
		       : (r->tolerated & now) != 0 ? DIALOGUE_TOLERATED
						   : DIALOGUE_OUT_OF_ORDER;
	if (d->due != N_PACKETS)
		return DIALOGUE_WAITING;
	if (d->stage != STAGE_START && !terms_send(&d->terms, command))
		return DIALOGUE_MASKED;
	if (command == CMD_BODY && d->skipped)
		return DIALOGUE_MASKED;
	if ((r->from & now) != 0)
		return DIALOGUE_OK;
	return (r->tolerated & now) != 0 ? DIALOGUE_TOLERATED : DIALOGUE_OUT_OF_ORDER;
}

enum dialogue_status
dialogue_command(struct dialogue *d, enum packet_kind command)
{
	const struct packet_rule *r = &packet_rules[command];
	enum dialogue_status s = judge_command(d, command);

	if (s != DIALOGUE_OK && s != DIALOGUE_TOLERATED)
		return s;
	if (r->next < N_STAGES)
		d->stage = r->next;
	if (command != CMD_MACRO)
		d->due = terms_answer(&d->terms, command) ? command : N_PACKETS;
	if (command != CMD_BODY)
		d->skipped = false;
	return s;
}

/* Answers behind which no more of this message follows. */
static bool
ends_message(enum packet_kind command, enum packet_kind reply)
{
	uint64_t refusals =
	    KIND_BIT(RPL_REJECT) | KIND_BIT(RPL_TEMPFAIL) | KIND_BIT(RPL_REPLYCODE);
	uint64_t ends = KIND_BIT(RPL_ACCEPT) | KIND_BIT(RPL_DISCARD);

	switch (command) {
	case CMD_BODYEOB: return true;
	case CMD_MAIL:
	case CMD_DATA:
	case CMD_HEADER:
	case CMD_EOH:
	case CMD_BODY: return (KIND_BIT(reply) & (ends | refusals)) != 0;
	case CMD_RCPT: return (KIND_BIT(reply) & ends) != 0; /* r t y: this one alone */
	default: return false;
	}
}

enum dialogue_status
dialogue_reply(struct dialogue *d, enum packet_kind reply)
{
	const struct packet_rule *r = &packet_rules[reply];

	if (d->due == N_PACKETS)
		return DIALOGUE_UNASKED;
	if (r->to != TO_MTA || (packet_rules[d->due].answers & KIND_BIT(reply)) == 0)
		return DIALOGUE_WRONG_REPLY;
	if ((r->action & ~d->terms.actions) != 0 ||
	    (r->protocol & ~d->terms.protocol) != 0)
		return DIALOGUE_NOT_AGREED;
	if (!r->final)
		return DIALOGUE_OK;
	if (ends_message(d->due, reply))
		d->stage = STAGE_DONE;
	d->skipped = reply == RPL_SKIP;
	d->due = N_PACKETS;
	return DIALOGUE_OK;
}
