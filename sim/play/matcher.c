/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/play/matcher.h"

#include <stdlib.h>

#include "sim/transcript/recording.h"
#include "wire/notation.h"

enum { SHOWN_MAX = 300 }; /* of an answer */

bool
matcher_init(struct matcher *m, const struct transcript *t, struct variables *variables)
{
	size_t channels = t->connections * (size_t)t->milters;

	*m = (struct matcher){
		.t = t,
		.variables = variables,
		.channel = calloc(channels + 1, sizeof *m->channel),
		.met = calloc(t->steps + 1, sizeof *m->met),
	};
	for (size_t i = 0; m->channel != NULL && i < channels; i++)
		channel_init(&m->channel[i]);
	return m->channel != NULL && m->met != NULL;
}

void
matcher_clear(struct matcher *m)
{
	size_t channels =
	    m->channel != NULL ? m->t->connections * (size_t)m->t->milters : 0;

	for (size_t i = 0; i < channels; i++)
		channel_clear(&m->channel[i]);
	free(m->channel);
	free(m->met);
}

struct channel *
matcher_channel(struct matcher *m, unsigned conn, size_t filter)
{
	return &m->channel[(conn - 1) * (size_t)m->t->milters + filter];
}

/* --- packets to milters --- */

static bool
is_client_step(const struct step *s)
{
	return s->kind <= STEP_SHUTDOWN;
}

/* The next M> line of this milter that has not come; NULL: none. */
static const struct step *
next_packet_step(const struct matcher *m, size_t at, const struct event *e)
{
	for (size_t i = at; i < m->t->steps; i++) {
		const struct step *s = &m->t->step[i];
		if (is_client_step(s))
			break;
		if ((s->kind == STEP_PACKET || s->kind == STEP_RAW_PACKET) &&
		    s->conn == e->conn && (size_t)s->milter == e->filter + 1 &&
		    !m->met[i])
			return s;
	}
	return NULL;
}

static bool
wants(struct matcher *m, const struct step *s, const struct event *e, struct slice shown)
{
	struct slice want = text_slice(&s->text);

	if (s->kind == STEP_RAW_PACKET)
		return want.len > 0 && want.ptr[0] == e->letter &&
		       slice_equal(slice_from(want, 1), e->bytes);
	return pattern_match(want, shown, m->variables);
}

/* Must this packet be named by an M> line? */
static bool
must_be_named(const struct matcher *m, size_t at, enum packet_kind kind)
{
	if (m->t->expect == EXPECT_NAMED || at >= m->t->steps)
		return false;
	return kind != CMD_MACRO || m->t->expect == EXPECT_MACROS_TOO;
}

static enum match
match_command(struct matcher *m, size_t at, const struct event *e, struct text *shown,
    const struct step **ret_step, struct text *got)
{
	struct channel *c = matcher_channel(m, (unsigned)e->conn, e->filter);
	enum packet_kind kind = packet_kind(TO_MILTER, e->letter);
	const struct step *s = next_packet_step(m, at, e);

	channel_sent(c, kind, text_slice(shown));
	*ret_step = s;
	if (s != NULL && wants(m, s, e, text_slice(shown))) {
		channel_met(c, s);
		m->met[s - m->t->step] = true;
		return MATCH_MET;
	}
	if (!must_be_named(m, at, kind))
		return MATCH_NONE;
	text_printf(got, "M> %s", text_cstr(shown));
	return s != NULL ? MATCH_WRONG : MATCH_STRANGE;
}

/* --- answers of real milters --- */

/* The first M< line below the M> line that was met, and that has not come. */
static const struct step *
next_answer_step(const struct matcher *m, const struct channel *c)
{
	const struct step *end = m->t->step + m->t->steps;

	if (c->due == NULL)
		return NULL;
	for (const struct step *s = c->due + 1; s < end && s->kind == STEP_ANSWER; s++) {
		if (!m->met[s - m->t->step])
			return s;
	}
	return NULL;
}

/* What came in place of the answer: first the changes, which were passed over. */
static void
say_wrong(const struct channel *c, struct slice shown, struct text *got)
{
	bool cut = shown.len > SHOWN_MAX;

	text_printf(got, "M< %.*s%.*s%s", (int)c->passed.len,
	    c->passed.len > 0 ? c->passed.ptr : "", cut ? SHOWN_MAX : (int)shown.len,
	    shown.ptr, cut ? "..." : "");
}

static enum match
match_answer(struct matcher *m, const struct event *e, struct text *shown,
    const struct step **ret_step, struct text *got)
{
	struct channel *c = matcher_channel(m, (unsigned)e->conn, e->filter);
	const struct step *s = next_answer_step(m, c);
	enum packet_kind kind = packet_kind(TO_MTA, e->letter);

	if (s == NULL)
		return MATCH_NONE;
	*ret_step = s;
	if (pattern_match(text_slice(&s->text), text_slice(shown), m->variables)) {
		m->met[s - m->t->step] = true;
		text_clear(&c->passed);
		return MATCH_MET;
	}
	if (kind == N_PACKETS || packet_rules[kind].final) {
		say_wrong(c, text_slice(shown), got);
		return MATCH_WRONG;
	}
	if (kind != RPL_PROGRESS)
		channel_passed(c, text_slice(shown));
	return MATCH_NONE;
}

enum match
matcher_packet(struct matcher *m, size_t at, const struct event *e,
    const struct step **ret_step, struct text *got)
{
	struct text shown = TEXT_INIT(RECORD_BYTES_MAX);
	enum match how;

	payload_describe(&shown, e->to, e->letter, e->bytes);
	how = e->to == TO_MILTER ? match_command(m, at, e, &shown, ret_step, got)
				 : match_answer(m, e, &shown, ret_step, got);
	text_clear(&shown);
	return how;
}
