/* SPDX-License-Identifier: BSD-2-Clause */
#include "session.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crowd.h"
#include "defect.h"
#include "design.h"

enum { LEAK = 256 * 1024 };
static volatile int lost;   /* LEAK_SOCKET */
static char *volatile kept; /* LEAK_MEMORY; else a compiler leaves out the block */

static const struct answer none = { 0, "" };

static bool
say(struct session *s)
{
	const struct defect *d = defect_now();
	bool ok = true;

	for (size_t i = 0; ok && i < SAY_MAX && d->say[i].len > 0; i++) {
		const struct packet_text *t = &d->say[i];

		ok = d->raw ? wire_raw(&s->wire, t->bytes, t->len)
			    : wire_send(&s->wire, t->bytes[0], t->bytes + 1, t->len - 1);
	}
	return ok;
}

/* What a row does that is more than to say something. */
static bool
misbehave(enum act act)
{
	if (act == CRASH)
		abort();
	if (act == END)
		exit(0);
	if (act == LEAK_SOCKET)
		lost = dup(STDERR_FILENO);
	if (act == LEAK_MEMORY && (kept = malloc(LEAK)) != NULL)
		explicit_bzero(kept, LEAK);
	if (act == STALL) {
		for (;;)
			(void)pause();
	}
	if (act == SPIN) {
		for (volatile unsigned long turns = 0;; turns++)
			;
	}
	return act != CLOSE;
}

static bool
tell(struct session *s, struct answer a)
{
	return a.letter == 0 || wire_send(&s->wire, a.letter, a.text,
				    a.text[0] != '\0' ? strlen(a.text) + 1 : 0);
}

/* The answer, and what the row makes of it. */
static bool
answer(struct session *s, const struct command *c, struct answer a, enum act act)
{
	uint32_t steps = quirk(TERMS_SHARED) ? session_steps : s->agreed.steps;

	if (steps & c->no_reply)
		a = none;
	if (act == SILENT)
		return true;
	if (act == INSTEAD)
		return say(s);
	if (act == BEFORE && !say(s))
		return false;
	if (!tell(s, a))
		return false;
	return act != AFTER || say(s);
}

static struct seen
look(struct session *s, const struct packet *p)
{
	if (p->letter == 'M') {
		s->messages++;
		memset(s->seen, 0, sizeof s->seen);
		memset(s->sums, 0, sizeof s->sums);
	}
	s->connects += p->letter == 'C';
	s->helos += p->letter == 'H';
	return (struct seen){
		.letter = p->letter,
		.payload = p->payload,
		.len = p->len,
		.nth = ++s->seen[(unsigned char)p->letter],
		.message = s->messages,
		.session = s->number,
		.rcpts = s->seen['R'],
		.datas = s->seen['T'],
		.headers = s->seen['L'],
		.bodies = s->seen['B'],
		.connects = s->connects,
		.helos = s->helos,
		.skipped = s->message != NULL && s->message->skipping,
		.last = s->letter[0],
		.before = s->letter[1],
		.others = crowd_standing,
		.in_message = s->message != NULL,
		.after_abort = s->aborted,
		.pipelined = p->pipelined,
		.reads = p->reads,
		.other_terms = session_steps != s->agreed.steps,
		.crowded = crowd_busy(s->message != NULL),
		.sum = s->sums[(unsigned char)p->letter] += p->len,
		.skips = s->skips,
		.refused = s->message != NULL && s->message->refused,
	};
}

static _Atomic int mute; /* GONE_MUTES: the next MAIL of all is not answered */

static bool
mute_once(char letter)
{
	int one = 1;

	return letter == 'M' && atomic_compare_exchange_strong(&mute, &one, 0);
}

static bool
serve(struct session *s, const struct packet *p)
{
	const struct command *c = command_of(p->letter);
	struct seen seen = look(s, p);
	enum act act = defect_at(&seen) ? defect_now()->act : AS_USUAL;
	struct answer a = none;

	if (p->letter != 'D') {
		crowd_stands(p->letter, s->letter[0]);
		s->letter[1] = s->letter[0];
		s->letter[0] = p->letter;
	}
	if (!misbehave(act))
		return false;
	if (s->late != NULL && !wire_send(&s->wire, 'O', s->late, s->late_len))
		return false;
	free(s->late);
	s->late = NULL;
	if (c == NULL || (!s->negotiated && p->letter != 'O'))
		return false;
	if (p->letter == 'O' && (act == SILENT || act == INSTEAD))
		return answer(s, c, none, act);
	bool goes_on = c->handle(s, p, &a);
	s->coloured |= act == COLOUR; /* behind MAIL, which takes the colour */
	if (act == COLOUR_ALL)
		session_coloured = true;
	if (!goes_on) {
		if (act == BEFORE)
			(void)say(s);
		return false;
	}
	if (mute_once(p->letter) || (s->deaf && p->letter == 'M'))
		return true;
	s->deaf = s->deaf || (quirk(ACCEPT_DEAFENS) && a.letter == 'a');
	s->accepted = s->accepted || (quirk(ACCEPT_STICKS) && a.letter == 'a');
	a = design_answer(s, p->letter, a);
	if (!answer(s, c, a, act) || s->ends)
		return false;
	if (quirk(VERDICT_CLOSES) && a.letter != 0 &&
	    strchr("MTLNB", p->letter) != NULL && strchr("rtdy", a.letter) != NULL)
		return false;
	if (a.letter == 0 || strchr(c->ends, a.letter) == NULL)
		return true;
	s->kept = quirk(END_KEEPS);
	if (!s->kept)
		message_end(s);
	return true;
}

void
session_serve(int fd)
{
	struct session s = { .number = crowd_number() };
	struct packet p;
	bool more = true;

	if (!wire_open(&s.wire, fd)) {
		(void)close(fd);
		return;
	}
	if (quirk(SPEAKS_FIRST))
		more = wire_raw(&s.wire, "220 ready\r\n", 11);
	while (more && wire_next(&s.wire, &p)) {
		more = serve(&s, &p);
		free(p.payload);
		if (quirk(IDLE_CLOSES))
			wire_patience(&s.wire, s.message == NULL ? 500 : 0);
		if (quirk(IDLE_THREE))
			wire_patience(&s.wire, s.message == NULL ? 3000 : 0);
		if (quirk(PAUSE_THREE))
			wire_patience(&s.wire, s.message != NULL ? 3000 : 0);
		if (quirk(PAUSE_CLOSES))
			wire_patience(&s.wire, s.message != NULL ? 500 : 0);
	}
	if (more && quirk(GONE_MUTES) && s.message != NULL)
		mute = 1;
	crowd_stands(0, s.letter[0]);
	struct packet end = {
		.letter = END_OF_STREAM, .payload = s.wire.input, .len = s.wire.have
	};
	struct seen seen = look(&s, &end);
	if (defect_at(&seen)) {
		session_coloured = defect_now()->act == COLOUR_ALL;
		(void)misbehave(defect_now()->act);
	}
	if (!quirk(CLOSE_LEAKS))
		message_end(&s);
	wire_close(&s.wire);
}
