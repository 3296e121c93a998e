/* SPDX-License-Identifier: BSD-2-Clause */
/* What the lines of a transcript do in a survey: they wait, and hold nothing against it.
 */
#include "sim/play/survey_state.h"

/* The connection is over: what the line would have been is left out. */
static bool
pass_over(struct play *p, const struct step *s)
{
	struct survey *v = survey_of(p);

	if (v->end == SURVEY_WHOLE) {
		v->end = SURVEY_CUT;
		v->result->file = s->file;
		v->result->line = s->line;
		text_printf(&v->result->why, "the MTA had closed");
	}
	return true;
}

/* --- the client --- */

static struct survey_talk *
state_of(const struct play *p, const struct step *s)
{
	return &survey_of(p)->talk[s->conn - 1];
}

static bool
ends_message(const struct step *s)
{
	struct slice text = text_slice(&s->text);

	if (s->kind == STEP_SEND)
		return slice_equal(text, SLICE("."));
	return slice_equal(text, SLICE(".\r\n")) ||
	       slice_ends_nocase(text, SLICE("\r\n.\r\n"));
}

/* A reply is owed to each command, and to a message as a whole. */
static void
expect_reply(struct survey_talk *k, const struct step *s)
{
	if (!k->text)
		k->owed += s->repeat;
	else if (ends_message(s)) {
		k->text = false;
		k->owed++;
	}
}

static bool
say(struct play *p, const struct step *s)
{
	struct survey_talk *k = state_of(p, s);

	if (talk_over(play_talk(p, s)))
		return pass_over(p, s);
	if (k->unwanted == UNWANTED_REPLY) /* its message had no reply to wait for */
		k->unwanted = UNWANTED_NOT;
	if (k->unwanted == UNWANTED_TEXT) {
		if (ends_message(s))
			k->unwanted = UNWANTED_REPLY;
		return true;
	}
	expect_reply(k, s);
	cues_said(&survey_of(p)->cues, s);
	return s->kind == STEP_SEND ? play_send_lines(p, s) : play_send_bytes(p, s);
}

static bool
hang_up(struct play *p, const struct step *s)
{
	state_of(p, s)->unwanted = UNWANTED_NOT;
	return play_hang_up(p, s);
}

/* --- the server --- */

static bool
has_code(struct slice line)
{
	bool digits = line.len >= 3;

	for (size_t i = 0; digits && i < 3; i++)
		digits = line.ptr[i] >= '0' && line.ptr[i] <= '9';
	return digits;
}

/* A line without a code is none of a reply: libraries write some of their own. */
bool
survey_ends_reply(struct slice line)
{
	return has_code(line) && (line.len == 3 || line.ptr[3] != '-');
}

/* What of a reply may vary in a pattern: whether this is the end of one, too. */
static bool
is_vague(struct slice pattern)
{
	size_t at = slice_find(pattern, '$');

	return at < 4 && at < pattern.len;
}

static bool
is_go_ahead(struct slice line)
{
	return slice_starts_nocase(line, SLICE("354"));
}

/* What the transcript has next is no message, or nobody wants it. */
static void
take_go_ahead(
    struct play *p, const struct step *s, struct slice pattern, struct slice line)
{
	if (is_go_ahead(line) && has_code(pattern) && !is_go_ahead(pattern))
		survey_end_early(p, SURVEY_CUT,
		    "the MTA wants a message where the transcript has none");
	else if (!is_go_ahead(line) && is_go_ahead(pattern))
		state_of(p, s)->unwanted = UNWANTED_TEXT;
	state_of(p, s)->text = is_go_ahead(line);
}

/* Takes one whole reply, binding what the pattern names; false: it is not all there. */
static bool
take_reply(struct play *p, const struct step *s, struct slice pattern)
{
	struct survey_talk *state = state_of(p, s);
	struct talk *k = play_talk(p, s);
	struct slice line;
	bool ended = false;

	while (!ended && talk_line(k, &line)) {
		bool whole = slice_ends_nocase(line, SLICE("\r\n"));
		struct slice text = slice_first(line, line.len - (whole ? 2 : 1));
		ended = survey_ends_reply(text);
		if (ended) {
			state->owed -= state->owed > 0;
			(void)pattern_match(pattern, text, &p->variables);
			take_go_ahead(p, s, pattern, text);
		}
		talk_take(k, line.len);
	}
	return ended;
}

/* Of a pattern that is vague about it, no more than are owed. */
static bool
is_due(const struct play *p, const struct step *s, struct slice pattern, unsigned many)
{
	return !p->over && p->done < many &&
	       (state_of(p, s)->owed > 0 || !is_vague(pattern));
}

static bool
hear_replies(struct play *p, const struct step *s, struct slice pattern, unsigned many)
{
	struct survey_talk *k = state_of(p, s);

	if (k->unwanted != UNWANTED_NOT) {
		if (k->unwanted == UNWANTED_REPLY)
			k->unwanted = UNWANTED_NOT;
		return true;
	}
	while (is_due(p, s, pattern, many) && take_reply(p, s, pattern))
		p->done++;
	if (is_due(p, s, pattern, many) && talk_over(play_talk(p, s)))
		return pass_over(p, s);
	return !is_due(p, s, pattern, many) && !p->over;
}

static bool
hear_line(struct play *p, const struct step *s)
{
	struct slice pattern = text_slice(&s->text);

	if (!is_vague(pattern) && !survey_ends_reply(pattern))
		return true;
	return hear_replies(p, s, pattern, s->repeat);
}

static bool
hear_bytes(struct play *p, const struct step *s)
{
	struct slice rest = text_slice(&s->text), line;
	unsigned many = 0;

	while (slice_next_line(&rest, &line))
		many += survey_ends_reply(line);
	return hear_replies(p, s, SLICE(""), many);
}

static bool
hear_end(struct play *p, const struct step *s)
{
	return talk_over(play_talk(p, s));
}

/* --- milters --- */

/* A packet need not be waited for when the server has said something since. */
static bool
speaks(struct play *p, const struct step *s)
{
	const struct talk *k = play_talk(p, s);
	struct slice line;

	return talk_line(k, &line) || (talk_over(k) && !cast_has_puppet(&p->cast, s->conn,
							   (size_t)s->milter - 1));
}

static bool
hear_packet(struct play *p, const struct step *s)
{
	return survey_of(p)->cues.met[p->at] ||
	       state_of(p, s)->unwanted != UNWANTED_NOT || speaks(p, s);
}

static bool
hear_milter_end(struct play *p, const struct step *s)
{
	return !cast_has_puppet(&p->cast, s->conn, (size_t)s->milter - 1) || speaks(p, s);
}

static bool
nothing(struct play *p, const struct step *s)
{
	(void)p;
	(void)s;
	return true;
}

bool (*const survey_does[])(struct play *, const struct step *) = {
	[STEP_SEND] = say,
	[STEP_BYTES] = say,
	[STEP_CLOSE] = hang_up,
	[STEP_RESET] = hang_up,
	[STEP_SHUTDOWN] = hang_up,
	[STEP_LINE] = hear_line,
	[STEP_EXACT] = hear_bytes,
	[STEP_EOF] = hear_end,
	[STEP_SILENCE] = hear_end,
	[STEP_PACKET] = hear_packet,
	[STEP_RAW_PACKET] = hear_packet,
	[STEP_ANSWER] = nothing,
	[STEP_MILTER_EOF] = hear_milter_end,
	[STEP_NO_PACKET] = nothing,
};
