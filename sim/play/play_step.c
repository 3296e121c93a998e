/* SPDX-License-Identifier: BSD-2-Clause */
/* What the lines of a client do. */
#include <stdio.h>

#include "sim/play/play_state.h"
#include "wire/words.h"

struct talk *
play_talk(struct play *p, const struct step *s)
{
	return &p->talk[s->conn - 1];
}

/* One line of C:, its ${n} being the number of the repeat. */
static bool
fill_line(struct play *p, const struct step *s, unsigned n, struct text *out)
{
	struct text why = TEXT_INIT(200);
	char number[16];
	bool ok = true;

	if (s->repeat > 1) {
		(void)snprintf(number, sizeof number, "%u", n);
		ok = variables_set(&p->variables, SLICE("n"), slice_of(number));
	}
	ok = ok && pattern_fill(text_slice(&s->text), &p->variables, out, &why) &&
	     words_append(out, SLICE("\r\n"), &why);
	if (!ok)
		play_fail(p, PLAY_IMPOSSIBLE, NULL, text_cstr(&why));
	text_clear(&why);
	return ok;
}

bool
play_send_lines(struct play *p, const struct step *s)
{
	struct talk *k = play_talk(p, s);

	for (unsigned n = 1; n <= s->repeat; n++) {
		size_t before = k->out.len;
		if (!fill_line(p, s, n, &k->out))
			return false;
		if (n <= p->manner->shown)
			play_said(p, s->conn, EVENT_CLIENT,
			    slice_from(text_slice(&k->out), before));
	}
	return true;
}

bool
play_send_bytes(struct play *p, const struct step *s)
{
	struct talk *k = play_talk(p, s);
	struct text why = TEXT_INIT(200);
	bool ok = true;

	for (unsigned n = 1; ok && n <= s->repeat; n++) {
		if (n <= p->manner->shown)
			play_said(p, s->conn, EVENT_CLIENT, text_slice(&s->text));
		ok = words_append(&k->out, text_slice(&s->text), &why);
	}
	if (!ok)
		play_fail(p, PLAY_IMPOSSIBLE, NULL, text_cstr(&why));
	text_clear(&why);
	talk_flush(k);
	return ok;
}

bool
play_hang_up(struct play *p, const struct step *s)
{
	talk_hang_up(play_talk(p, s), s->kind == STEP_RESET      ? TALK_RESET
				      : s->kind == STEP_SHUTDOWN ? TALK_SHUTDOWN
								 : TALK_CLOSE);
	return true;
}

bool
play_step(struct play *p, const struct step *s)
{
	/* Lines that follow each other on one connection go out together. */
	for (unsigned i = 0; i < p->t->connections; i++) {
		if (s->kind != STEP_SEND || i + 1 != s->conn)
			talk_flush(&p->talk[i]);
	}
	return play_open(p, play_talk(p, s)) && p->manner->does[s->kind](p, s);
}
