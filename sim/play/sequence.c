/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/play/sequence.h"

#include <stdlib.h>
#include <string.h>

#include "sim/play/milter_engine.h"
#include "wire/dialogue.h"

#define X100                                                                             \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"                             \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

enum { LINE_ROOM = 2000 };

/* Every command but those that end a session, as a line of the notation. */
static const struct {
	enum packet_kind command;
	const char *line;
} commands[] = {
	{ CMD_OPTNEG, "OPTNEG version 6 actions all protocol all" },
	{ CMD_MACRO, "MACRO RCPT i=1 {rcpt_addr}=c@example.net" },
	{ CMD_CONNECT, "CONNECT client.example.com inet 40001 192.0.2.1" },
	{ CMD_HELO, "HELO client.example.com" },
	{ CMD_MAIL, "MAIL <a@example.com> SIZE=100" },
	{ CMD_RCPT, "RCPT <c@example.net>" },
	{ CMD_DATA, "DATA" },
	{ CMD_HEADER, "HEADER Subject: a walk" },
	{ CMD_EOH, "EOH" },
	{ CMD_BODY, "BODY one line\\r\\n" },
	{ CMD_BODYEOB, "BODYEOB" },
	{ CMD_UNKNOWN, "UNKNOWN XYZZY" },
	{ CMD_ABORT, "ABORT" },
};

enum { N_COMMANDS = sizeof commands / sizeof commands[0] };

/* What a walk says instead at times: all of it is lawful, none of it is ordinary. */
static const struct {
	enum packet_kind command;
	const char *line;
} rare[] = {
	{ CMD_MACRO, "MACRO MAIL i=2 {auth_authen}=smith" },
	{ CMD_MACRO, "MACRO BODYEOB {msg_id}=<2@example.com>" },
	{ CMD_HELO, "HELO [192.0.2.1]" },
	{ CMD_MAIL, "MAIL <>" },
	{ CMD_MAIL, "MAIL <\"a b\"@example.com> SIZE=99999999 BODY=8BITMIME" },
	{ CMD_MAIL, "MAIL <postmaster@example.com>" },
	{ CMD_RCPT, "RCPT <d+list@example.net> NOTIFY=NEVER" },
	{ CMD_RCPT, "RCPT <E@EXAMPLE.NET>" },
	{ CMD_HEADER, "HEADER Received: one\\n\\ttwo" },
	{ CMD_HEADER, "HEADER X-Long: " X100 X100 X100 X100 X100 X100 X100 X100 X100 },
	{ CMD_HEADER, "HEADER X-Empty:" },
	{ CMD_HEADER, "HEADER From: \\xe4 <a@example.org>" },
	{ CMD_BODY, "BODY \\x00\\xff and no end" },
	{ CMD_BODY, "BODY \\r\\n.\\r\\n" },
	{ CMD_UNKNOWN, "UNKNOWN STARTTLS" },
};

enum { N_RARE = sizeof rare / sizeof rare[0] };

static size_t
forms_of(enum packet_kind k)
{
	size_t n = 1;

	for (size_t i = 0; i < N_RARE; i++)
		n += rare[i].command == k;
	return n;
}

/* Form 0 is the ordinary one. */
static const char *
line_of(enum packet_kind k, unsigned form)
{
	for (size_t i = 0; form > 0 && i < N_RARE; i++) {
		if (rare[i].command == k && --form == 0)
			return rare[i].line;
	}
	for (size_t i = 0; i < N_COMMANDS; i++) {
		if (commands[i].command == k)
			return commands[i].line;
	}
	return packet_rules[k].name;
}

size_t
sequence_count(unsigned length)
{
	size_t n = 1;

	while (length-- > 0)
		n *= N_COMMANDS;
	return n;
}

void
sequence_numbered(struct sequence *s, unsigned length, size_t i)
{
	*s = (struct sequence){ .count = length };
	for (unsigned k = length; k-- > 0; i /= N_COMMANDS)
		s->command[k] = (unsigned char)commands[i % N_COMMANDS].command;
}

/* --- walks --- */

/*
 * Where a walk stands.  After UNKNOWN in a message libmilter takes another
 * recipient, or an end, but no header and no body.  An MTA says DATA before the
 * header and EOH before the body, though libmilter would do without, and filters
 * count on it.
 */
struct walker {
	struct dialogue d;
	bool unknown, lost, data, eoh;
};

static bool
may_follow(const struct walker *w, enum packet_kind k)
{
	const struct packet_rule *r = &packet_rules[k];
	bool both_mtas = k == CMD_HELO || k == CMD_MAIL || k == CMD_ABORT;
	uint32_t from = r->from | (both_mtas ? r->tolerated : 0);

	if (k == CMD_OPTNEG || (w->d.stage == STAGE_NEGOTIATED && k != CMD_CONNECT))
		return false;
	if (w->lost || (w->unknown && k >= CMD_DATA && k <= CMD_BODYEOB))
		return false;
	if (((k == CMD_HEADER || k == CMD_EOH) && (!w->data || w->eoh)) ||
	    ((k == CMD_BODY || k == CMD_BODYEOB) && !w->eoh))
		return false;
	return (from & IN_STAGE(w->d.stage)) != 0;
}

static void
follow(struct walker *w, enum packet_kind k)
{
	bool in_message = w->d.stage == STAGE_MAIL || w->d.stage == STAGE_RCPT;

	enum dialogue_status s = dialogue_command(&w->d, k);
	if (s <= DIALOGUE_TOLERATED && w->d.due != N_PACKETS)
		s = dialogue_reply(&w->d, RPL_CONTINUE);
	w->lost |= s > DIALOGUE_TOLERATED; /* may_follow() let pass what it should not */
	if (k == CMD_MAIL || k == CMD_ABORT || k == CMD_HELO || k == CMD_BODYEOB)
		w->data = w->eoh = false;
	w->data |= k == CMD_DATA;
	w->eoh |= k == CMD_EOH;
	if (k == CMD_UNKNOWN)
		w->unknown = in_message;
	else if (k != CMD_MACRO && k != CMD_RCPT)
		w->unknown = false;
}

static void
begin_walk(struct walker *w)
{
	dialogue_init(&w->d);
	w->d.stage = STAGE_NEGOTIATED;
	w->d.terms.version = PROTOCOL_VERSION;
	w->unknown = w->lost = w->data = w->eoh = false;
}

static uint64_t
next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 33;
}

/* Three of four times what leads on through a message: else few come to its body. */
static enum packet_kind
some_command(uint64_t number)
{
	static const enum packet_kind onward[] = { CMD_MAIL, CMD_RCPT, CMD_RCPT, CMD_DATA,
		CMD_HEADER, CMD_HEADER, CMD_EOH, CMD_BODY, CMD_BODY, CMD_BODYEOB };
	uint64_t which = number / 4;

	return number % 4 > 0 ? onward[which % (sizeof onward / sizeof onward[0])]
			      : commands[which % N_COMMANDS].command;
}

void
sequence_walk(struct sequence *s, unsigned length, uint64_t seed)
{
	uint64_t state = seed * 2654435761u + 1;
	struct walker w;

	*s = (struct sequence){ .seed = seed, .walk = true };
	begin_walk(&w);
	for (unsigned tries = 0; s->count < length && tries < 1000 * length; tries++) {
		enum packet_kind k = some_command(next_random(&state));
		if (!may_follow(&w, k))
			continue;
		follow(&w, k);
		s->form[s->count] = (unsigned char)(next_random(&state) % forms_of(k));
		s->command[s->count++] = (unsigned char)k;
	}
}

bool
sequence_in_order(const struct sequence *s)
{
	struct walker w;

	begin_walk(&w);
	for (size_t i = 0; i < s->count; i++) {
		enum packet_kind k = (enum packet_kind)s->command[i];
		if (!may_follow(&w, k))
			return false;
		follow(&w, k);
	}
	return true;
}

/* --- as steps --- */

struct steps {
	struct step *step;
	size_t count;
	size_t first_own, own; /* those whose text is ours */
	unsigned long long
	    unique; /* of the whole run: each of a walk's messages has one */
};

static void
add(struct steps *l, struct step s, const char *line)
{
	s.text = (struct text)TEXT_INIT(LINE_ROOM);
	if (line != NULL)
		text_printf(&s.text, "%s", line);
	l->step[l->count++] = s;
	l->own++;
}

static void
add_command(
    struct steps *l, struct step s, enum packet_kind k, unsigned form, bool at_once)
{
	s.kind = at_once ? STEP_MTA_ANYWAY : STEP_MTA_PACKET;
	s.command = k;
	add(l, s, line_of(k, form));
	if (k == CMD_MAIL && !at_once) /* no two messages of walks are the same */
		text_printf(
		    &l->step[l->count - 1].text, " ENVID=%llu", l->unique + l->count);
	if (at_once || packet_rules[k].answers == 0)
		return;
	s.kind = STEP_REPLY;
	s.want = WANT_ANSWER;
	add(l, s, NULL);
}

static void
add_end(struct steps *l, struct step s)
{
	add_command(l, s, CMD_QUIT, 0, true);
	s.kind = STEP_MTA_SHUTDOWN;
	add(l, s, NULL);
	s.kind = STEP_REPLY;
	s.want = WANT_UNTIL_CLOSE;
	add(l, s, NULL);
}

static size_t
point_of(const struct transcript *t)
{
	size_t at = 0;

	while (at < t->steps && t->step[at].kind != STEP_POINT)
		at++;
	return at;
}

/* Lines before point:, it, the sequence, lines behind it. */
static bool
build(const struct transcript *t, const struct sequence *s, bool at_once, struct steps *l)
{
	size_t point = point_of(t);
	size_t before = point < t->steps ? point + 1 : point;
	struct step where = t->step[point < t->steps ? point : t->steps - 1];

	*l = (struct steps){ .step =
				 calloc(t->steps + 2 * s->count + 8, sizeof *l->step) };
	if (l->step == NULL)
		return false;
	l->unique = s->seed % 1000000 * 1000;
	memcpy(l->step, t->step, before * sizeof *t->step);
	l->count = l->first_own = before;
	where.milter = 1;
	where.repeat = 1;
	where.piece = 0;
	where.kind = STEP_MTA_WAIT; /* no time at all: point: is reached */
	where.wait_ms = 0;
	add(l, where, NULL);
	for (size_t i = 0; i < s->count; i++)
		add_command(
		    l, where, (enum packet_kind)s->command[i], s->form[i], at_once);
	if (at_once)
		add_end(l, where);
	memcpy(
	    &l->step[l->count], &t->step[before], (t->steps - before) * sizeof *t->step);
	l->count += t->steps - before;
	return true;
}

static void
steps_clear(struct steps *l)
{
	for (size_t i = 0; i < l->own; i++)
		text_clear(&l->step[l->first_own + i].text);
	free(l->step);
}

static void
name_variant(const struct sequence *s, struct text *out)
{
	text_clear(out);
	if (s->walk)
		text_printf(out, "seed %llu:", (unsigned long long)s->seed);
	for (size_t i = 0; i < s->count; i++)
		text_printf(out, "%s%s", i > 0 || s->walk ? " " : "",
		    packet_rules[s->command[i]].name);
}

enum milter_end
sequence_play(const struct milter_play_config *c, const struct sequence *s, bool at_once,
    struct milter_outcome *o)
{
	struct variant v = { .sessions = 1, .seed = c->seed };
	enum milter_end end = MILTER_ERROR;
	struct steps l;

	text_clear(&o->expected);
	text_clear(&o->got);
	text_clear(&o->diff);
	o->rule = N_WIRE_RULES;
	o->variants++;
	name_variant(s, &o->variant);
	if (!build(c->transcript, s, at_once, &l)) {
		text_printf(&o->got, "out of memory");
		return end;
	}
	v.step = l.step;
	v.steps = l.count;
	end = mplay_variant(c, &v, o, NULL);
	steps_clear(&l);
	return end;
}
