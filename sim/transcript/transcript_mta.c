/* SPDX-License-Identifier: BSD-2-Clause */
/* The lines of a session that speaks as the MTA: M>, M=, M<, M!, R. */
#include "sim/transcript/pattern.h"
#include "sim/transcript/transcript_parts.h"
#include "wire/notation.h"
#include "wire/words.h"

/* What has no ${...} can be checked now, so that the fault has its line. */
static bool
sendable(struct reader *r, struct slice line, bool bytes)
{
	struct text out = TEXT_INIT(TRANSCRIPT_BYTES);
	bool ok = pattern_check(line, r->why);

	if (ok && !pattern_varies(line))
		ok = bytes ? words_unescape(&out, line, false, r->why)
			   : packet_read(&out, TO_MILTER, line, r->why);
	text_clear(&out);
	return ok;
}

static bool
add_text(struct reader *r, const struct front *f, enum step_kind kind)
{
	struct step *s = reader_step(r, f, kind);

	return s != NULL && reader_keep(r, &s->text, f->rest);
}

/* M> PACKET and M>> PACKET: the first word names the command. */
static bool
add_command(struct reader *r, struct front *f)
{
	enum step_kind kind = STEP_MTA_PACKET;

	if (f->rest.len > 0 && f->rest.ptr[0] == '>') {
		kind = STEP_MTA_ANYWAY;
		f->rest = slice_from(f->rest, 1);
		if (f->rest.len > 0 && f->rest.ptr[0] == ' ')
			f->rest = slice_from(f->rest, 1);
	}
	struct slice name = slice_first(f->rest, slice_find(f->rest, ' '));
	enum packet_kind command = packet_kind_named(TO_MILTER, name);
	if (command == N_PACKETS) {
		text_printf(r->why, "no command is called '");
		text_append_escaped(r->why, name, 40);
		text_printf(r->why, "'");
		return false;
	}
	if (!sendable(r, f->rest, false) || !add_text(r, f, kind))
		return false;
	r->t->step[r->t->steps - 1].command = command;
	return true;
}

static bool
add_bytes(struct reader *r, const struct front *f)
{
	return sendable(r, f->rest, true) && add_text(r, f, STEP_MTA_BYTES);
}

/* --- M< and its alternatives M| --- */

static const struct {
	struct slice word;
	enum want want;
} wants[] = {
	{ SLICE("answer"), WANT_ANSWER },
	{ SLICE("consent"), WANT_CONSENT },
	{ SLICE("refusal"), WANT_REFUSAL },
	{ SLICE("edits"), WANT_EDITS },
	{ SLICE("close"), WANT_CLOSE },
	{ SLICE("until close"), WANT_UNTIL_CLOSE },
};

static bool
read_silence(struct reader *r, struct slice rest, struct step *s)
{
	struct slice word, time;

	s->want = WANT_SILENCE;
	return words_next(&rest, &word, r->why) && words_next(&rest, &time, r->why) &&
	       time_read(time, &s->wait_ms, r->why) && words_done(rest, r->why);
}

/* A pattern names a packet of the milter, unless it begins with ${. */
static bool
read_pattern(struct reader *r, struct slice rest, struct step *s)
{
	struct slice name = slice_first(rest, slice_find(rest, ' '));
	enum packet_kind kind = packet_kind_named(TO_MTA, name);

	s->want = WANT_PATTERN;
	if (!pattern_check(rest, r->why))
		return false;
	if (slice_starts(rest, SLICE("raw ")) || slice_starts(rest, SLICE("${")))
		return reader_keep(r, &s->text, rest);
	if (kind == N_PACKETS) {
		text_printf(r->why, "no answer is called '");
		text_append_escaped(r->why, name, 40);
		text_printf(r->why,
		    "': a packet, answer, consent, refusal, edits, close, "
		    "until close, or silence and a time");
		return false;
	}
	return reader_keep(r, &s->text, slice_of(packet_rules[kind].name)) &&
	       reader_keep(r, &s->text, slice_from(rest, name.len));
}

static bool
add_reply(struct reader *r, const struct front *f, enum step_kind kind)
{
	struct step *s = reader_step(r, f, kind);
	struct slice rest = slice_trim(f->rest);

	if (s == NULL)
		return false;
	if (slice_starts_nocase(rest, SLICE("silence")))
		return read_silence(r, rest, s);
	for (size_t i = 0; i < sizeof wants / sizeof wants[0]; i++) {
		if (!slice_equal_nocase(rest, wants[i].word))
			continue;
		s->want = wants[i].want;
		return true;
	}
	return read_pattern(r, f->rest, s);
}

static bool
add_alternative(struct reader *r, const struct front *f)
{
	const struct transcript *t = r->t;
	const struct step *above = t->steps > 0 ? &t->step[t->steps - 1] : NULL;

	if (above == NULL || above->conn != f->conn ||
	    (above->kind != STEP_REPLY && above->kind != STEP_REPLY_OR)) {
		text_printf(r->why, "M| stands below the M< line of the same connection");
		return false;
	}
	return add_reply(r, f, STEP_REPLY_OR);
}

/* --- M! and R --- */

static bool
add_event(struct reader *r, const struct front *f)
{
	static const struct {
		const char *word;
		enum step_kind kind;
	} events[] = { { "close", STEP_MTA_CLOSE }, { "reset", STEP_MTA_RESET },
		{ "shutdown", STEP_MTA_SHUTDOWN } };
	struct slice rest = f->rest;
	struct slice word, time;

	if (!words_next(&rest, &word, r->why) || !words_next(&rest, &time, r->why))
		return false;
	for (size_t i = 0; i < sizeof events / sizeof events[0] && time.len == 0; i++) {
		if (slice_equal_nocase(word, slice_of(events[i].word)))
			return reader_step(r, f, events[i].kind) != NULL;
	}
	if (!slice_equal_nocase(word, SLICE("wait"))) {
		text_printf(
		    r->why, "M! wants close, reset, shutdown, or wait and a time");
		return false;
	}
	struct step *s = reader_step(r, f, STEP_MTA_WAIT);
	return s != NULL && time_read(time, &s->wait_ms, r->why) &&
	       words_done(rest, r->why);
}

static bool
add_result(struct reader *r, const struct front *f)
{
	if (slice_equal_nocase(slice_trim(f->rest), SLICE("same")) && f->what == '!')
		return reader_step(r, f, STEP_RESULT_SAME) != NULL;
	if (f->what == '!') {
		text_printf(r->why, "R! wants same");
		return false;
	}
	return pattern_check(f->rest, r->why) && add_text(r, f, STEP_RESULT);
}

/* `M/1> `, `M*3> `: both in this order, either may be missing. */
static bool
read_modifiers(struct reader *r, struct slice *line, struct front *f)
{
	if (line->len > 0 && line->ptr[0] == '/') {
		*line = slice_from(*line, 1);
		if (!reader_number(r, line, TRANSCRIPT_PIECE, &f->piece))
			return false;
	}
	if (line->len > 0 && line->ptr[0] == '*') {
		*line = slice_from(*line, 1);
		return reader_number(r, line, TRANSCRIPT_REPEATS, &f->repeat);
	}
	return true;
}

static bool
read_front(struct reader *r, struct slice line, struct front *f)
{
	*f = (struct front){ .conn = 1, .repeat = 1, .milter = 1 };
	if (!reader_number(r, &line, TRANSCRIPT_CONNECTIONS, &f->conn))
		return false;
	while (line.len > 0 && line.ptr[0] == ' ')
		line = slice_from(line, 1);
	f->side = line.len > 0 ? line.ptr[0] : '\0';
	line = slice_from(line, 1);
	if (f->side == 'M' && !read_modifiers(r, &line, f))
		return false;
	f->what = line.len > 0 ? line.ptr[0] : '\0';
	f->rest = slice_from(line, 1);
	if (f->rest.len > 0 && f->rest.ptr[0] == ' ')
		f->rest = slice_from(f->rest, 1);
	return true;
}

bool
reader_mta_line(struct reader *r, struct slice line)
{
	struct front f;

	if (!read_front(r, line, &f))
		return false;
	switch ((unsigned char)f.side << 8 | (unsigned char)f.what) {
	case 'M' << 8 | '>': return add_command(r, &f);
	case 'M' << 8 | '=': return add_bytes(r, &f);
	case 'M' << 8 | '<':
		return rule_is(f.rest) ? reader_rule(r, &f)
				       : add_reply(r, &f, STEP_REPLY);
	case 'M' << 8 | '|': return add_alternative(r, &f);
	case 'M' << 8 | '!': return add_event(r, &f);
	case 'R' << 8 | ':':
	case 'R' << 8 | '!': return add_result(r, &f);
	case 'R' << 8 | '<': return add_reply(r, &f, STEP_VERDICT);
	}
	text_printf(r->why,
	    "a line that speaks to a milter begins with M> M>> M= M< M| M! "
	    "R: R! R< # or a word such as param:");
	return false;
}
