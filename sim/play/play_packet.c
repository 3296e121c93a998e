/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets of milters against the M lines that wait for them. */
#include "sim/play/play_state.h"
#include "sim/transcript/recording.h"
#include "wire/notation.h"

enum { SHOWN = 300 }; /* of a packet, in the log */

struct channel *
play_channel(struct play *p, unsigned conn, int milter)
{
	return &p->channel[(conn - 1) * (unsigned)p->t->milters + (unsigned)milter - 1];
}

/* --- the log --- */

/* Long lines are cut: the log is for a person. */
void
play_log(struct play *p, const struct event *e)
{
	struct text lines = TEXT_INIT(RECORD_BYTES_MAX);
	struct text *log = &p->result->log;
	struct slice rest, line;

	event_transcript(&lines, e);
	rest = text_slice(&lines);
	while (slice_next_line(&rest, &line))
		text_printf(log, "%.*s%s\n", (int)(line.len < SHOWN ? line.len : SHOWN),
		    line.ptr, line.len > SHOWN ? "..." : "");
	text_clear(&lines);
}

static void
log_packet(struct play *p, unsigned conn, int milter, enum direction to, char letter,
    struct slice payload)
{
	play_log(p, &(struct event){ .what = EVENT_PACKET,
			.conn = conn,
			.filter = (size_t)milter - 1,
			.to = to,
			.letter = letter,
			.bytes = payload });
}

void
play_log_smtp(struct play *p, unsigned conn, bool from_client, struct slice bytes)
{
	play_log(p, &(struct event){ .what = from_client ? EVENT_CLIENT : EVENT_SERVER,
			.conn = conn,
			.filter = EVENT_NO_FILTER,
			.bytes = bytes });
}

void
play_log_note(struct play *p, const char *what)
{
	play_log(p,
	    &(struct event){
		.what = EVENT_NOTE, .filter = EVENT_NO_FILTER, .bytes = slice_of(what) });
}

/* --- matching --- */

static bool
is_client_step(const struct step *s)
{
	return s->kind <= STEP_SHUTDOWN;
}

/*
 * The next M> line of this milter that has not come.  Only up to the next line
 * of a client: what is behind it cannot have been caused yet.
 */
static size_t
next_packet_step(const struct play *p, unsigned conn, int milter)
{
	for (size_t i = p->at; i < p->t->steps; i++) {
		const struct step *s = &p->t->step[i];
		if (is_client_step(s))
			break;
		if ((s->kind == STEP_PACKET || s->kind == STEP_RAW_PACKET) &&
		    s->conn == conn && s->milter == milter && !p->met[i])
			return i;
	}
	return p->t->steps;
}

static bool
matches(struct play *p, const struct step *s, char letter, struct slice payload,
    struct text *shown)
{
	struct slice want = text_slice(&s->text);

	if (s->kind == STEP_RAW_PACKET)
		return want.len > 0 && want.ptr[0] == letter &&
		       slice_equal(slice_from(want, 1), payload);
	return pattern_match(want, text_slice(shown), &p->variables);
}

static void
unexpected(struct play *p, size_t step, struct text *shown)
{
	struct text line = TEXT_INIT(1000);

	text_printf(&line, "M> %s", text_cstr(shown));
	if (step < p->t->steps)
		play_differs(p, &p->t->step[step], text_slice(&line));
	else
		play_fail(p, PLAY_DIFFERENT,
		    "no packet that the transcript does not name", text_cstr(&line));
	text_clear(&line);
}

/* Must this packet be named by an M> line? */
static bool
must_be_named(const struct play *p, enum packet_kind kind)
{
	if (p->t->expect == EXPECT_NAMED || p->at >= p->t->steps)
		return false;
	return kind != CMD_MACRO || p->t->expect == EXPECT_MACROS_TOO;
}

/* A step is met: counting begins anew, and a real milter's answer is due. */
static const struct step *
meet(struct play *p, struct channel *c, size_t step)
{
	p->met[step] = true;
	for (int k = 0; k < N_PACKETS; k++)
		c->since[k] = 0;
	c->answering = step;
	play_poke(p);
	return &p->t->step[step];
}

const struct step *
play_packet(struct play *p, unsigned conn, int milter, char letter, struct slice payload)
{
	struct channel *c = play_channel(p, conn, milter);
	enum packet_kind kind = packet_kind(TO_MILTER, letter);
	struct text shown = TEXT_INIT(RECORD_BYTES_MAX);
	size_t i = next_packet_step(p, conn, milter);
	const struct step *met = NULL;

	log_packet(p, conn, milter, TO_MILTER, letter, payload);
	payload_describe(&shown, TO_MILTER, letter, payload);
	text_clear(&c->last);
	text_append_escaped(&c->last, text_slice(&shown), SHOWN);
	c->answering = p->t->steps;
	text_clear(&c->passed);
	if (kind < N_PACKETS)
		c->since[kind]++;
	if (i < p->t->steps && matches(p, &p->t->step[i], letter, payload, &shown))
		met = meet(p, c, i);
	else if (must_be_named(p, kind))
		unexpected(p, i, &shown);
	text_clear(&shown);
	return met;
}

/* The first M< line below the M> line that was met, and that has not come. */
static size_t
next_answer_step(const struct play *p, const struct channel *c)
{
	size_t i = c->answering;

	if (i >= p->t->steps)
		return p->t->steps;
	for (i++; i < p->t->steps && p->t->step[i].kind == STEP_ANSWER; i++) {
		if (!p->met[i])
			return i;
	}
	return p->t->steps;
}

/* What came in place of the answer: first the changes, which were passed over. */
static void
wrong_answer(
    struct play *p, struct channel *c, const struct step *s, const struct text *shown)
{
	struct text line = TEXT_INIT(3000);

	text_printf(&line, "M< %.*s%.*s%s", (int)c->passed.len,
	    c->passed.len > 0 ? c->passed.ptr : "",
	    (int)(shown->len < SHOWN ? shown->len : SHOWN), shown->ptr,
	    shown->len > SHOWN ? "..." : "");
	play_differs(p, s, text_slice(&line));
	text_clear(&line);
}

static void
pass_over(struct channel *c, const struct text *shown)
{
	text_append_cut(&c->passed, slice_first(text_slice(shown), SHOWN));
	text_append_cut(&c->passed, SLICE(", then "));
}

void
play_answer(struct play *p, unsigned conn, int milter, char letter, struct slice payload)
{
	struct channel *c = play_channel(p, conn, milter);
	struct text shown = TEXT_INIT(RECORD_BYTES_MAX);
	size_t i = next_answer_step(p, c);
	enum packet_kind kind = packet_kind(TO_MTA, letter);
	bool final = kind == N_PACKETS || packet_rules[kind].final;

	log_packet(p, conn, milter, TO_MTA, letter, payload);
	payload_describe(&shown, TO_MTA, letter, payload);
	const struct step *s = i < p->t->steps ? &p->t->step[i] : NULL;
	if (s != NULL &&
	    pattern_match(text_slice(&s->text), text_slice(&shown), &p->variables)) {
		p->met[i] = true;
		text_clear(&c->passed);
		play_poke(p);
	} else if (s != NULL && final) {
		wrong_answer(p, c, s, &shown);
	} else if (s != NULL && kind != RPL_PROGRESS) {
		pass_over(c, &shown);
	}
	text_clear(&shown);
}

/* --- rules --- */

void
play_breach(struct play *p, const struct event *e)
{
	const struct breach *b = e->breach;
	struct text expected = TEXT_INIT(1000), got = TEXT_INIT(1000);

	play_log(p, e);
	if (wire_rule_set_has(p->t->allow, b->rule))
		return;
	text_printf(&expected, "%s", wire_rules[b->rule].says);
	text_printf(&got, "%s: ", wire_rules[b->rule].name);
	text_printf(&got, b->by == TO_MTA ? "M< " : "M> ");
	if (b->reply < N_PACKETS)
		text_printf(&got, "%s", packet_rules[b->reply].name);
	else if (b->by == TO_MTA)
		text_printf(&got, "bytes that are no packet");
	if (b->command < N_PACKETS)
		text_printf(&got, b->by == TO_MTA ? ", the last command was %s" : "%s",
		    packet_rules[b->command].name);
	play_fail(p, PLAY_DIFFERENT, text_cstr(&expected), text_cstr(&got));
	text_clear(&expected);
	text_clear(&got);
}
