/* SPDX-License-Identifier: BSD-2-Clause */

/* What the filter asks of an MTA, and the ways to ask for it wrongly. */

#include <stdlib.h>
#include <string.h>

#include "defect.h"
#include "protocol.h"
#include "session.h"

enum { ANSWER_MAX = 4096, NAMES_TOO_MANY = 51 };

struct reply {
	unsigned char bytes[ANSWER_MAX];
	size_t len;
};

static const struct {
	uint32_t actions, steps;
} wishes[] = {
	[GENERAL] = { ACTIONS_ALL, STEP_SKIP | STEP_LEADSPC },
	[QUIET] = { ACTIONS_ALL, STEP_SKIP | STEP_LEADSPC | STEPS_QUIET },
	[MASKED] = { ACTIONS_ALL, STEPS_MASKED },
	[PASSIVE] = { 0, 0 },
	[BYTEWISE] = { ACTIONS_ALL, STEP_SKIP | STEP_LEADSPC },
	[CHATTY] = { ACTIONS_ALL, STEP_SKIP | STEP_LEADSPC },
};

static const struct {
	uint32_t stage;
	const char *names;
} lists[] = { { 0, "j _" }, { 2, "i" }, { 3, "{rcpt_addr}" }, { 5, "i" }, { 6, "i" } };

static void
put(struct reply *r, const void *bytes, size_t len)
{
	if (r->len + len <= sizeof r->bytes) {
		memcpy(r->bytes + r->len, bytes, len);
		r->len += len;
	}
}

static void
put_number(struct reply *r, uint32_t n)
{
	unsigned char four[4];

	wire_put_u32(four, n);
	if (quirk(ANSWER_LITTLE_ENDIAN)) {
		for (int i = 0; i < 4; i++)
			four[i] = (unsigned char)(n >> 8 * i);
	}
	put(r, four, sizeof four);
}

static void
put_list(struct reply *r, uint32_t stage, const char *names)
{
	put_number(r, stage);
	put(r, names, strlen(names) + 1);
}

static void
put_lists(struct reply *r)
{
	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
		put_list(r, lists[i].stage, lists[i].names);
	if (quirk(LIST_UNTERMINATED))
		r->len--;
	if (quirk(LIST_STAGE_UNKNOWN))
		put_list(r, 7, "i");
	if (quirk(LIST_TWICE))
		put_list(r, lists[0].stage, lists[0].names);
	if (quirk(LIST_SPELLING))
		put_list(r, 4, "rcpt_addr i");
	if (quirk(LIST_TOO_LONG)) {
		put_number(r, 4);
		for (int i = 1; i < NAMES_TOO_MANY; i++)
			put(r, "i ", 2);
		put(r, "i", 2);
	}
}

/* What is agreed on, as a sound filter has it. */
static struct offer
agree(const struct offer *got)
{
	enum shape shape = defect_now()->shape;

	return (struct offer){
		.version = got->version < 6 ? got->version : 6,
		.actions = wishes[shape].actions & got->actions,
		.steps = wishes[shape].steps & got->steps,
	};
}

/* What is said instead. */
static struct offer
spoil(struct offer say, const struct offer *got, unsigned number)
{
	if (quirk(VERSION_ABOVE))
		say.version = got->version + 1;
	if (quirk(VERSION_KEPT))
		say.version = 6;
	if (quirk(VERSION_ECHOED))
		say.version = got->version;
	if (quirk(BITS_SWAPPED))
		say = (struct offer){ say.version, say.steps, say.actions };
	if (quirk(ACTIONS_BEYOND))
		say.actions = ACTIONS_ALL;
	if (quirk(ACTIONS_UNKNOWN))
		say.actions |= 0x200;
	if (quirk(STEPS_BEYOND))
		say.steps |= STEP_SKIP | STEP_LEADSPC;
	if (quirk(STEPS_UNKNOWN))
		say.steps |= 0x400000;
	say.steps |= defect_now()->steps & ~got->steps;
	say.actions |= defect_now()->actions & ~got->actions;
	if (quirk(OFFER_ECHOED)) {
		say.actions |= got->actions & ~(uint32_t)ACTIONS_ALL;
		say.steps |= got->steps & ~(uint32_t)STEPS_ALL;
	}
	if (quirk(MDS_UNOFFERED))
		say.steps |= STEP_MDS_256K;
	if (quirk(SECOND_SESSION_OTHER) && number % 2 == 0)
		say.steps ^= got->steps & STEP_LEADSPC;
	if (quirk(LIST_UNCLAIMED))
		say.actions &= ~(uint32_t)ACTION_SETSYMLIST;
	if (quirk(EDITS_UNDECLARED))
		say.actions = 0;
	return say;
}

/* What the filter goes by from here on. */
static void
hold(struct session *s, struct offer say)
{
	s->agreed = say;
	if (quirk(EDITS_UNDECLARED) || quirk(EDITS_UNOFFERED))
		s->agreed.actions = ACTIONS_ALL;
	s->agreed.actions |= defect_now()->uses;
	s->agreed.steps |= defect_now()->quiet & ~s->offered.steps;
	if (quirk(SKIP_UNOFFERED))
		s->agreed.steps |= STEP_SKIP;
	if (quirk(QUIET_UNOFFERED))
		s->agreed.steps |= STEPS_QUIET;
}

bool
negotiate(struct session *s, const unsigned char *payload, size_t len)
{
	struct reply r = { .len = 0 };

	if (len < 12)
		return false;
	s->offered = (struct offer){ wire_u32(payload), wire_u32(payload + 4),
		wire_u32(payload + 8) };
	if (s->offered.version < 2)
		return false;
	struct offer good = agree(&s->offered);
	struct offer say = spoil(good, &s->offered, s->number);
	hold(s, say);
	put_number(&r, say.version);
	put_number(&r, say.actions);
	if (!quirk(ANSWER_SHORT))
		put_number(&r, say.steps);
	if ((good.actions & ACTION_SETSYMLIST) || quirk(LIST_UNOFFERED))
		put_lists(&r);
	if (quirk(ANSWER_LONG))
		put(&r, "", 1);
	if (quirk(ANSWER_LATE) && (s->late = malloc(r.len)) != NULL) {
		memcpy(s->late, r.bytes, s->late_len = r.len);
		return true;
	}
	return wire_send(&s->wire, 'O', r.bytes, r.len);
}
