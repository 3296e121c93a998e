/* SPDX-License-Identifier: BSD-2-Clause */
/* What each line of a transcript does. */
#include <stdio.h>

#include "sim/play/journal.h"
#include "sim/play/play_state.h"
#include "sim/transcript/lines.h"
#include "wire/words.h"

static struct talk *
talk_of(struct play *p, const struct step *s)
{
	return &p->talk[s->conn - 1];
}

/* --- the client --- */

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

static bool
send_lines(struct play *p, const struct step *s)
{
	struct talk *k = talk_of(p, s);

	for (unsigned n = 1; n <= s->repeat; n++) {
		size_t before = k->out.len;
		if (!fill_line(p, s, n, &k->out))
			return false;
		if (n <= 3)
			journal_smtp(&p->result->log, s->conn, true,
			    slice_from(text_slice(&k->out), before));
	}
	return true;
}

static bool
send_bytes(struct play *p, const struct step *s)
{
	struct talk *k = talk_of(p, s);
	struct text why = TEXT_INIT(200);
	bool ok = true;

	journal_smtp(&p->result->log, s->conn, true, text_slice(&s->text));
	for (unsigned n = 0; ok && n < s->repeat; n++)
		ok = words_append(&k->out, text_slice(&s->text), &why);
	if (!ok)
		play_fail(p, PLAY_IMPOSSIBLE, NULL, text_cstr(&why));
	text_clear(&why);
	talk_flush(k);
	return ok;
}

static bool
hang_up(struct play *p, const struct step *s)
{
	talk_hang_up(talk_of(p, s), s->kind == STEP_RESET      ? TALK_RESET
				    : s->kind == STEP_SHUTDOWN ? TALK_SHUTDOWN
							       : TALK_CLOSE);
	return true;
}

/* --- the server --- */

/* Its first lines, as a transcript has them. */
static void
said(struct play *p, const struct step *s, struct slice bytes)
{
	struct text lines = TEXT_INIT(8192);

	lines_smtp(&lines, (long)s->conn, false, slice_first(bytes, 1000));
	struct slice first =
	    slice_first(text_slice(&lines), slice_find(text_slice(&lines), '\n'));
	play_differs(p, s, first);
	text_clear(&lines);
}

static bool
closed_instead(struct play *p, const struct step *s, const struct talk *k)
{
	if (!talk_over(k))
		return false;
	if (k->in.len > 0)
		said(p, s, text_slice(&k->in));
	else
		play_differs(p, s, SLICE("the connection closed"));
	return false;
}

static bool
expect_line(struct play *p, const struct step *s)
{
	struct talk *k = talk_of(p, s);
	struct slice line;

	while (p->done < s->repeat) {
		if (!talk_line(k, &line))
			return closed_instead(p, s, k);
		bool whole = slice_ends_nocase(line, SLICE("\r\n"));
		struct slice text = slice_first(line, line.len - (whole ? 2 : 0));
		if (!whole || !pattern_match(text_slice(&s->text), text, &p->variables)) {
			said(p, s, line);
			return false;
		}
		talk_take(k, line.len);
		p->done++;
	}
	return true;
}

static bool
expect_bytes(struct play *p, const struct step *s)
{
	struct talk *k = talk_of(p, s);
	struct slice got = slice_first(text_slice(&k->in), s->text.len);

	if (!slice_equal(got, slice_first(text_slice(&s->text), got.len))) {
		said(p, s, got);
		return false;
	}
	if (got.len < s->text.len)
		return closed_instead(p, s, k);
	talk_take(k, got.len);
	return true;
}

static bool
expect_end(struct play *p, const struct step *s)
{
	struct talk *k = talk_of(p, s);

	if (k->in.len > 0) {
		said(p, s, text_slice(&k->in));
		return false;
	}
	return k->ended;
}

/* Ends by its own time: see play_timeout(). */
static bool
expect_silence(struct play *p, const struct step *s)
{
	struct talk *k = talk_of(p, s);

	if (k->in.len > 0)
		said(p, s, text_slice(&k->in));
	else if (k->ended)
		play_differs(p, s, SLICE("the connection closed"));
	return false;
}

/* --- milters --- */

static bool
expect_packet(struct play *p, const struct step *s)
{
	(void)s;
	return p->matcher.met[p->at];
}

/* A played milter has answered already; a real one must still. */
static bool
expect_answer(struct play *p, const struct step *s)
{
	bool real = cast_real(&p->cast, (size_t)s->milter - 1);

	if (!real && pattern_varies(text_slice(&s->text)))
		play_fail(p, PLAY_IMPOSSIBLE, NULL,
		    "M< with ${...} is what a real milter must answer: give --milter");
	if (!real)
		return !p->over;
	return p->matcher.met[p->at];
}

static struct channel *
channel_of(struct play *p, const struct step *s)
{
	return matcher_channel(&p->matcher, s->conn, (size_t)s->milter - 1);
}

static bool
expect_milter_end(struct play *p, const struct step *s)
{
	return channel_of(p, s)->ended;
}

static bool
expect_none(struct play *p, const struct step *s)
{
	const struct channel *c = channel_of(p, s);

	if (c->since[s->command] == 0)
		return true;
	play_differs(p, s, SLICE("it was sent"));
	return false;
}

bool
play_step(struct play *p, const struct step *s)
{
	static bool (*const does[])(struct play *, const struct step *) = {
		[STEP_SEND] = send_lines,
		[STEP_BYTES] = send_bytes,
		[STEP_CLOSE] = hang_up,
		[STEP_RESET] = hang_up,
		[STEP_SHUTDOWN] = hang_up,
		[STEP_LINE] = expect_line,
		[STEP_EXACT] = expect_bytes,
		[STEP_EOF] = expect_end,
		[STEP_SILENCE] = expect_silence,
		[STEP_PACKET] = expect_packet,
		[STEP_RAW_PACKET] = expect_packet,
		[STEP_ANSWER] = expect_answer,
		[STEP_MILTER_EOF] = expect_milter_end,
		[STEP_NO_PACKET] = expect_none,
	};

	/* Lines that follow each other on one connection go out together. */
	for (unsigned i = 0; i < p->t->connections; i++) {
		if (s->kind != STEP_SEND || i + 1 != s->conn)
			talk_flush(&p->talk[i]);
	}
	return play_open(p, talk_of(p, s)) && does[s->kind](p, s);
}

void
play_timeout(struct play *p, const struct step *s)
{
	struct text got = TEXT_INIT(1000);
	const struct talk *k = talk_of(p, s);

	if (s->kind == STEP_SILENCE) {
		p->at++;
		p->done = 0;
		play_poke(p);
		return;
	}
	text_printf(&got, "no answer in time");
	if (s->milter != 0) {
		struct channel *c = channel_of(p, s);
		text_printf(&got, ", last was: %s",
		    c->last.len > 0 ? text_cstr(&c->last) : "nothing");
	} else if (k->in.len > 0) {
		text_printf(&got, " but: ");
		text_append_escaped(&got, text_slice(&k->in), 400);
	}
	play_differs(p, s, text_slice(&got));
	text_clear(&got);
}
