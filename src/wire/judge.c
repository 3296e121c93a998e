/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/judge.h"

void
judge_init(struct judge *j)
{
	*j = (struct judge){ .last = N_PACKETS };
	dialogue_init(&j->dialogue);
}

size_t
judge_payload_max(const struct judge *j)
{
	return terms_payload_max(&j->dialogue.terms);
}

/* What is being judged, and what it broke so far. */
struct trial {
	struct judge *j;
	enum direction by;
	enum packet_kind kind; /* N_PACKETS: of no kind */
	struct breach *ret;
	size_t n;
};

static void
broke(struct trial *t, enum wire_rule rule)
{
	bool reply = t->by == TO_MTA;

	if (t->n == JUDGE_BREACHES)
		return;
	t->ret[t->n++] = (struct breach){
		.rule = rule,
		.by = t->by,
		.command = reply ? t->j->last : t->kind,
		.reply = reply ? t->kind : N_PACKETS,
	};
}

/* --- shape --- */

static const enum wire_rule shape_rule[] = {
	[CODEC_UNKNOWN] = RULE_LETTER,
	[CODEC_SHORT] = RULE_SHORT,
	[CODEC_NOT_TERMINATED] = RULE_TERMINATED,
	[CODEC_LEFT_OVER] = RULE_LEFT_OVER,
	[CODEC_FAMILY] = RULE_FAMILY,
	[CODEC_STAGE] = RULE_MACRO_STAGE,
	[CODEC_ODD] = RULE_MACRO_VALUE,
	[CODEC_NO_NAME] = RULE_NAME,
	[CODEC_NUL] = RULE_TERMINATED,
	[CODEC_TOO_LONG] = RULE_FRAME_TOO_LONG,
	[CODEC_NO_ROOM] = RULE_FRAME_TOO_LONG,
};

/* --- negotiation --- */

static const struct {
	unsigned bit;
	enum wire_rule rule;
} terms_rule[] = {
	{ TERMS_VERSION_LOW, RULE_VERSION_LOW },
	{ TERMS_VERSION_HIGH, RULE_VERSION_HIGH },
	{ TERMS_ACTIONS, RULE_ACTIONS },
	{ TERMS_PROTOCOL, RULE_PROTOCOL },
	{ TERMS_SYMLIST, RULE_SYMLIST },
	{ TERMS_SYMLIST_TWICE, RULE_SYMLIST_TWICE },
};

static void
settle(struct trial *t, const struct optneg *answer)
{
	struct judge *j = t->j;
	unsigned faults = terms_settle(&j->offer, answer, &j->dialogue.terms);

	j->agreed = true;
	for (size_t i = 0; i < sizeof terms_rule / sizeof terms_rule[0]; i++) {
		if ((faults & terms_rule[i].bit) != 0)
			broke(t, terms_rule[i].rule);
	}
}

/* --- commands --- */

static void
judge_command(struct trial *t)
{
	struct judge *j = t->j;
	const struct packet_rule *r = &packet_rules[t->kind];

	if (r->answers != 0)
		j->last = t->kind;
	j->open += terms_answer(&j->dialogue.terms, t->kind);
	if (t->kind == CMD_BODYEOB)
		j->body_begun = j->body_over = false;
	if (j->lost)
		return;
	switch (dialogue_command(&j->dialogue, t->kind)) {
	case DIALOGUE_OK:
	case DIALOGUE_TOLERATED: return;
	case DIALOGUE_MASKED: broke(t, RULE_COMMAND_MASKED); break;
	case DIALOGUE_WAITING: broke(t, RULE_COMMAND_WAITS); break;
	default: broke(t, RULE_COMMAND_ORDER); break;
	}
	j->lost = true;
}

/* --- replies --- */

static bool
is_edit(enum packet_kind kind)
{
	return kind >= RPL_ADDHEADER && kind <= RPL_QUARANTINE;
}

static enum wire_rule
wrong_kind(enum packet_kind kind)
{
	if (kind == RPL_SKIP)
		return RULE_SKIP_STAGE;
	if (kind == RPL_PROGRESS)
		return RULE_PROGRESS_STAGE;
	return is_edit(kind) ? RULE_EDIT_STAGE : RULE_REPLY_KIND;
}

/* Nobody waits: was the answer taken away, or is it one too many? */
static enum wire_rule
unasked(const struct judge *j, enum packet_kind kind)
{
	if (is_edit(kind))
		return RULE_EDIT_STAGE;
	if (kind == RPL_PROGRESS)
		return RULE_PROGRESS_STAGE;
	return j->last < N_PACKETS && j->agreed &&
		       !terms_answer(&j->dialogue.terms, j->last)
		   ? RULE_REPLY_NOT_AGREED
		   : RULE_REPLY_UNASKED;
}

static void
judge_order(struct trial *t)
{
	struct judge *j = t->j;
	bool none_open = j->open == 0;

	if (packet_rules[t->kind].final && !none_open)
		j->open--;
	if (j->lost) {
		if (none_open && !j->blind)
			broke(t, unasked(j, t->kind));
		return;
	}
	switch (dialogue_reply(&j->dialogue, t->kind)) {
	case DIALOGUE_UNASKED: broke(t, unasked(j, t->kind)); break;
	case DIALOGUE_WRONG_REPLY: broke(t, wrong_kind(t->kind)); break;
	case DIALOGUE_NOT_AGREED:
		broke(t, t->kind == RPL_SKIP ? RULE_SKIP_AGREED : RULE_EDIT_AGREED);
		break;
	default: return;
	}
	if (packet_rules[t->kind].final)
		j->dialogue.due = N_PACKETS;
}

static void
judge_body(struct trial *t)
{
	struct judge *j = t->j;

	if (t->kind == RPL_REPLBODY) {
		if (j->body_over)
			broke(t, RULE_EDIT_BODY);
		j->body_begun = true;
	} else if (is_edit(t->kind)) {
		j->body_over = j->body_begun;
	}
}

static void
judge_reply(struct trial *t, const struct packet *p)
{
	judge_order(t);
	judge_body(t);
	if (t->kind == RPL_QUARANTINE && p->string.first.len == 0)
		broke(t, RULE_EDIT_REASON);
	if (t->kind == RPL_REPLYCODE)
		t->n = judge_reply_text(p->string.first, t->j->last, t->ret, t->n);
}

size_t
judge_packet(struct judge *j, enum direction to, char letter, struct slice payload,
    struct breach ret[JUDGE_BREACHES])
{
	struct packet p = { .kind = N_PACKETS };
	struct trial t = { .j = j, .by = to == TO_MTA ? TO_MTA : TO_MILTER, .ret = ret };
	bool first = j->dialogue.stage == STAGE_START;

	t.kind = packet_kind(to, letter);
	enum codec_status shape = packet_decode(to, letter, payload, &p);
	if (shape != CODEC_OK)
		broke(&t, shape_rule[shape]);
	if (payload.len > judge_payload_max(j))
		broke(&t, RULE_FRAME_TOO_LONG);
	if (t.kind == N_PACKETS || shape != CODEC_OK) {
		/* Of macros nobody expects an answer; of all else nobody knows. */
		j->lost |= to == TO_MILTER && t.kind != CMD_MACRO;
		j->open += to == TO_MILTER && t.kind != CMD_MACRO;
		if (t.kind != N_PACKETS && to == TO_MTA)
			judge_order(&t);
		return t.n;
	}
	if (to == TO_MTA) {
		judge_reply(&t, &p);
		if (t.kind == RPL_OPTNEG && t.n == 0 && !j->agreed)
			settle(&t, &p.optneg);
		return t.n;
	}
	if (t.kind == CMD_OPTNEG && first) {
		j->offer = p.optneg;
		j->offer.symlists = SLICE("");
	}
	judge_command(&t);
	return t.n;
}

struct breach
judge_early(const struct judge *j, char letter)
{
	enum packet_kind kind = packet_kind(TO_MTA, letter);

	return (struct breach){
		.rule = kind == N_PACKETS ? RULE_REPLY_UNASKED : unasked(j, kind),
		.by = TO_MTA,
		.command = j->last,
		.reply = kind,
	};
}

struct breach
judge_frame(const struct judge *j, enum direction to, enum frame_status s)
{
	return (struct breach){
		.rule = s == FRAME_EMPTY      ? RULE_FRAME_EMPTY
			: s == FRAME_TOO_LONG ? RULE_FRAME_TOO_LONG
					      : RULE_FRAME_CUT,
		.by = to,
		.command = j->last,
		.reply = N_PACKETS,
	};
}
