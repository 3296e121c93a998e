/* SPDX-License-Identifier: BSD-2-Clause */
/* A run: what server and milters say is held against the transcript. */
#include "sim/play/journal.h"
#include "sim/play/matcher.h"
#include "sim/play/play_state.h"
#include "sim/transcript/lines.h"

struct run {
	struct play play;
	struct matcher matcher;
};

static struct run *
run_of(struct play *p)
{
	return p->self;
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
	struct talk *k = play_talk(p, s);
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
	struct talk *k = play_talk(p, s);
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
	struct talk *k = play_talk(p, s);

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
	struct talk *k = play_talk(p, s);

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
	return run_of(p)->matcher.met[p->at];
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
	return run_of(p)->matcher.met[p->at];
}

static struct channel *
channel_of(struct play *p, const struct step *s)
{
	return matcher_channel(&run_of(p)->matcher, s->conn, (size_t)s->milter - 1);
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

/* --- what comes --- */

static const struct step *
packet(struct play *p, const struct event *e, unsigned client)
{
	struct event here = *e;
	const struct step *s = NULL;
	struct text got = TEXT_INIT(3000);

	here.conn = client;
	enum match how = matcher_packet(&run_of(p)->matcher, p->at, &here, &s, &got);
	switch (how) {
	case MATCH_MET: play_poke(p); break;
	case MATCH_NONE: break;
	case MATCH_WRONG: play_differs(p, s, text_slice(&got)); break;
	case MATCH_STRANGE:
		play_fail(p, PLAY_DIFFERENT,
		    "no packet that the transcript does not name", text_cstr(&got));
		break;
	}
	text_clear(&got);
	return how == MATCH_MET ? s : NULL;
}

/* A rule was broken: a difference, unless the transcript allows it. */
static void
broke(struct play *p, const struct breach *b)
{
	struct text got = TEXT_INIT(1000);

	if (wire_rule_set_has(p->t->allow, b->rule))
		return;
	text_printf(&got, "%s: ", wire_rules[b->rule].name);
	text_printf(&got, b->by == TO_MTA ? "M< " : "M> ");
	if (b->reply < N_PACKETS)
		text_printf(&got, "%s", packet_rules[b->reply].name);
	else if (b->by == TO_MTA)
		text_printf(&got, "bytes that are no packet");
	if (b->command < N_PACKETS)
		text_printf(&got, b->by == TO_MTA ? ", the last command was %s" : "%s",
		    packet_rules[b->command].name);
	play_fail(p, PLAY_DIFFERENT, wire_rules[b->rule].says, text_cstr(&got));
	text_clear(&got);
}

static void
see(struct play *p, const struct event *e)
{
	journal_event(&p->result->log, e);
	if (e->what == EVENT_BREACH)
		broke(p, e->breach);
}

static void
left(struct play *p, unsigned client, size_t filter, bool by_mta)
{
	matcher_channel(&run_of(p)->matcher, client, filter)->ended = by_mta;
}

/* --- time, and the end --- */

static unsigned
patience(const struct play *p, const struct step *s)
{
	if (s->kind == STEP_SILENCE)
		return s->wait_ms;
	return p->config->timeout_ms != 0 ? p->config->timeout_ms : p->t->timeout_ms;
}

static void
late(struct play *p, const struct step *s)
{
	struct text got = TEXT_INIT(1000);
	const struct talk *k = play_talk(p, s);

	if (s->kind == STEP_SILENCE) {
		play_skip(p);
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

/* Nobody may have said more than the transcript. */
static bool
finish(struct play *p)
{
	for (unsigned i = 0; i < p->t->connections; i++) {
		const struct talk *k = &p->talk[i];
		if (k->in.len == 0)
			continue;
		struct text got = TEXT_INIT(1000);
		text_printf(&got, "S: ");
		text_append_escaped(&got, text_slice(&k->in), 400);
		play_fail(p, PLAY_DIFFERENT, "nothing more", text_cstr(&got));
		text_clear(&got);
	}
	return true;
}

static bool (*const does[])(struct play *, const struct step *) = {
	[STEP_SEND] = play_send_lines,
	[STEP_BYTES] = play_send_bytes,
	[STEP_CLOSE] = play_hang_up,
	[STEP_RESET] = play_hang_up,
	[STEP_SHUTDOWN] = play_hang_up,
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

static const struct play_manner manner = { does, see, packet, left, patience, late,
	finish, .shown = 3 };

enum play_end
play_run(const struct play_config *config, struct play_result *r)
{
	struct run run = { .play = { .manner = &manner,
			       .self = &run,
			       .config = config,
			       .t = config->transcript,
			       .result = r } };
	struct play *p = &run.play;
	bool ready = play_begin(p);

	if (!matcher_init(&run.matcher, p->t, &p->variables) && ready)
		play_fail(p, PLAY_UNREACHABLE, NULL, "out of memory");
	if (!p->over)
		play_go(p);
	matcher_clear(&run.matcher);
	play_clear(p);
	return p->end;
}
