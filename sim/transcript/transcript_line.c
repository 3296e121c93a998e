/* SPDX-License-Identifier: BSD-2-Clause */
/* The lines of a session: C, S, M> and M<. */
#include <stdlib.h>

#include "sim/transcript/pattern.h"
#include "sim/transcript/transcript_parts.h"
#include "wire/notation.h"
#include "wire/words.h"

static bool
fault(struct reader *r, const char *what)
{
	text_printf(r->why, "%s", what);
	return false;
}

bool
reader_number(struct reader *r, struct slice *rest, unsigned long max, unsigned *ret)
{
	size_t n = 0;
	unsigned long value;

	while (n < rest->len && rest->ptr[n] >= '0' && rest->ptr[n] <= '9')
		n++;
	if (n == 0)
		return true;
	if (!words_number(slice_first(*rest, n), max, &value, r->why))
		return false;
	if (value == 0)
		return fault(r, "numbers begin at 1");
	*ret = (unsigned)value;
	*rest = slice_from(*rest, n);
	return true;
}

static char
take(struct slice *rest)
{
	char c = rest->len > 0 ? rest->ptr[0] : '\0';

	*rest = slice_from(*rest, 1);
	return c;
}

static bool
next_is(struct slice rest, char c)
{
	return rest.len > 0 && rest.ptr[0] == c;
}

static bool
read_front(struct reader *r, struct slice line, struct front *f)
{
	unsigned milter = 1;

	*f = (struct front){ .conn = 1, .repeat = 1, .milter = 0 };
	if (!reader_number(r, &line, TRANSCRIPT_CONNECTIONS, &f->conn))
		return false;
	while (next_is(line, ' '))
		(void)take(&line);
	f->side = take(&line);
	if (f->side == 'M') {
		if (!reader_number(r, &line, TRANSCRIPT_MILTERS, &milter))
			return false;
		f->milter = (int)milter;
	} else if (next_is(line, '*')) {
		(void)take(&line);
		if (!reader_number(r, &line, TRANSCRIPT_REPEATS, &f->repeat))
			return false;
	}
	f->what = take(&line);
	if (next_is(line, ' '))
		(void)take(&line);
	f->rest = line;
	return true;
}

struct step *
reader_step(struct reader *r, const struct front *f, enum step_kind kind)
{
	struct transcript *t = r->t;

	if (t->steps == TRANSCRIPT_STEPS_MAX) {
		(void)fault(r, "too many lines");
		return NULL;
	}
	if (!reader_room(r, &t->step, t->steps, &t->step_room, sizeof *t->step))
		return NULL;
	struct step *s = &t->step[t->steps++];
	*s = (struct step){
		.kind = kind,
		.file = r->file,
		.line = r->line,
		.conn = f->conn,
		.milter = f->milter,
		.repeat = f->repeat,
		.piece = f->piece,
		.command = N_PACKETS,
		.text = TEXT_INIT(TRANSCRIPT_BYTES),
	};
	if (f->conn > t->connections)
		t->connections = f->conn;
	if (f->milter > t->milters)
		t->milters = f->milter;
	r->packet = t->steps;
	return s;
}

static bool
add_pattern(struct reader *r, const struct front *f, enum step_kind kind)
{
	struct step *s = reader_step(r, f, kind);

	return s != NULL && pattern_check(f->rest, r->why) &&
	       reader_keep(r, &s->text, f->rest);
}

static bool
add_bytes(struct reader *r, const struct front *f, enum step_kind kind)
{
	struct step *s = reader_step(r, f, kind);

	return s != NULL && words_unescape(&s->text, f->rest, false, r->why);
}

static bool
client_event(struct reader *r, const struct front *f)
{
	static const struct {
		const char *word;
		enum step_kind kind;
	} events[] = { { "close", STEP_CLOSE }, { "reset", STEP_RESET },
		{ "shutdown", STEP_SHUTDOWN } };

	for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
		if (slice_equal_nocase(slice_trim(f->rest), slice_of(events[i].word)))
			return reader_step(r, f, events[i].kind) != NULL;
	}
	return fault(r, "C! wants close, reset or shutdown");
}

static bool
server_event(struct reader *r, const struct front *f)
{
	struct slice rest = f->rest;
	struct slice word, time;

	if (!words_next(&rest, &word, r->why) || !words_next(&rest, &time, r->why))
		return false;
	if (slice_equal_nocase(word, SLICE("close")) && time.len == 0)
		return reader_step(r, f, STEP_EOF) != NULL;
	if (!slice_equal_nocase(word, SLICE("silence")))
		return fault(r, "S! wants close, or silence and a time");
	struct step *s = reader_step(r, f, STEP_SILENCE);
	return s != NULL && time_read(time, &s->wait_ms, r->why) &&
	       words_done(rest, r->why);
}

/* The name in the table's spelling, so that EOM matches BODYEOB. */
static bool
add_packet(struct reader *r, const struct front *f)
{
	size_t blank = slice_find(f->rest, ' ');
	struct slice name = slice_first(f->rest, blank);

	if (slice_equal_nocase(name, SLICE("raw"))) {
		struct front raw = *f;
		raw.rest = slice_from(f->rest, blank + 1);
		return add_bytes(r, &raw, STEP_RAW_PACKET);
	}
	enum packet_kind kind = packet_kind_named(TO_MILTER, name);
	if (kind == N_PACKETS) {
		text_printf(r->why, "no command is called '");
		text_append_escaped(r->why, name, 40);
		text_printf(r->why, "'");
		return false;
	}
	struct step *s = reader_step(r, f, STEP_PACKET);
	if (s == NULL || !pattern_check(f->rest, r->why))
		return false;
	s->command = kind;
	s->first_answer = r->t->answers;
	r->packet = r->t->steps - 1;
	return reader_keep(r, &s->text, slice_of(packet_rules[kind].name)) &&
	       reader_keep(r, &s->text, slice_from(f->rest, name.len));
}

bool
reader_rule(struct reader *r, const struct front *f)
{
	struct transcript *t = r->t;

	if (!reader_room(r, &t->rule, t->rules, &t->rule_room, sizeof *t->rule) ||
	    !rule_read(f->rest, &t->rule[t->rules], r->why))
		return false;
	t->rule[t->rules++].milter = f->milter;
	if (f->milter > t->milters)
		t->milters = f->milter;
	return true;
}

/* Kept twice: as what a played milter does, as what a real one must do. */
static bool
add_answer(struct reader *r, const struct front *f)
{
	struct transcript *t = r->t;
	size_t packet = r->packet;

	if (packet >= t->steps || t->step[packet].conn != f->conn ||
	    t->step[packet].milter != f->milter)
		return fault(r, "M< stands below the M> line that it answers; a rule for "
				"all is written M< on COMMAND: ACTION");
	bool varies = pattern_varies(f->rest); /* then it cannot be played */
	if (!varies && (!reader_room(r, &t->answer, t->answers, &t->answer_room,
			    sizeof *t->answer) ||
			   !action_read(f->rest, &t->answer[t->answers], r->why)))
		return false;
	t->answers += !varies;
	t->step[packet].answers += !varies;
	struct step *s = reader_step(r, f, STEP_ANSWER);
	bool reply = slice_starts_nocase(f->rest, SLICE("reply "));
	struct slice text = reply ? slice_from(f->rest, strlen("reply ")) : f->rest;
	if (s == NULL || (reply && !reader_keep(r, &s->text, SLICE("REPLYCODE "))) ||
	    !pattern_check(text, r->why) || !reader_keep(r, &s->text, text))
		return false;
	r->packet = packet; /* more M< lines may follow */
	return true;
}

static bool
milter_event(struct reader *r, const struct front *f)
{
	struct slice rest = f->rest;
	struct slice word, name;

	if (!words_next(&rest, &word, r->why) || !words_next(&rest, &name, r->why))
		return false;
	if (slice_equal_nocase(word, SLICE("close")) && name.len == 0)
		return reader_step(r, f, STEP_MILTER_EOF) != NULL;
	enum packet_kind kind = packet_kind_named(TO_MILTER, name);
	if (!slice_equal_nocase(word, SLICE("no")) || kind == N_PACKETS)
		return fault(r, "M! wants close, or no and the name of a command");
	struct step *s = reader_step(r, f, STEP_NO_PACKET);
	if (s == NULL)
		return false;
	s->command = kind;
	return words_done(rest, r->why);
}

bool
reader_session_line(struct reader *r, struct slice line)
{
	struct front f;

	if (!read_front(r, line, &f))
		return false;
	switch ((unsigned char)f.side << 8 | (unsigned char)f.what) {
	case 'C' << 8 | ':': return add_pattern(r, &f, STEP_SEND);
	case 'C' << 8 | '=': return add_bytes(r, &f, STEP_BYTES);
	case 'C' << 8 | '!': return client_event(r, &f);
	case 'S' << 8 | ':': return add_pattern(r, &f, STEP_LINE);
	case 'S' << 8 | '=': return add_bytes(r, &f, STEP_EXACT);
	case 'S' << 8 | '!': return server_event(r, &f);
	case 'M' << 8 | '>': return add_packet(r, &f);
	case 'M' << 8 | '!': return milter_event(r, &f);
	case 'M' << 8 | '<':
		return rule_is(f.rest) ? reader_rule(r, &f) : add_answer(r, &f);
	}
	return fault(r, "a line begins with C: S: M> M< # or a word such as option:");
}
