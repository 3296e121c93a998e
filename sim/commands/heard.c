/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/commands/heard.h"

#include "sim/profile/answer.h"
#include "wire/frame.h"

static const enum moment moments[N_COMMANDS] = {
	[CMD_CONNECT] = MOMENT_CONNECT,
	[CMD_HELO] = MOMENT_HELO,
	[CMD_MAIL] = MOMENT_MAIL,
	[CMD_RCPT] = MOMENT_RCPT,
	[CMD_DATA] = MOMENT_DATA,
	[CMD_HEADER] = MOMENT_MESSAGE,
	[CMD_EOH] = MOMENT_MESSAGE,
	[CMD_BODY] = MOMENT_MESSAGE,
	[CMD_BODYEOB] = MOMENT_MESSAGE,
	[CMD_UNKNOWN] = MOMENT_UNKNOWN,
};

/* What is said of a reaction: the refusal of an outcome, or these words. */
static const struct {
	enum outcome_kind outcome; /* OUTCOME_GO: none */
	const char *words;         /* NULL: 250 OK */
} said[N_REACTIONS] = {
	[DO_PASS_MESSAGE] = { OUTCOME_GO, "250 OK, and the milter sees no more" },
	[DO_PASS_SESSION] = { OUTCOME_GO, "250 OK, and the milter sees no more" },
	[DO_DISMISS] = { OUTCOME_GO, "250 OK, and no milter sees any more" },
	[DO_MUTE] = { OUTCOME_GO, "250 OK, and the milter sees no more" },
	[DO_DISCARD] = { OUTCOME_GO, "250 OK, and the message is thrown away" },
	[DO_REJECT] = { OUTCOME_REJECT, NULL },
	[DO_TEMPFAIL] = { OUTCOME_TEMPFAIL, NULL },
	[DO_REPLY] = { OUTCOME_REPLY, NULL },
	[DO_SPOILT] = { OUTCOME_SPOILT, NULL },
	[DO_SHUTDOWN] = { OUTCOME_SHUTDOWN, NULL },
	[DO_MISCONFIGURED] = { OUTCOME_MISCONFIGURED, NULL },
	[DO_VOID] = { OUTCOME_TEMPFAIL, NULL },
	[DO_FAIL] = { OUTCOME_GO, "what a milter that failed comes to: F= says it" },
	[DO_FAIL_LATE] = { OUTCOME_GO, "what a milter that failed comes to: F= says it" },
	[DO_DIE] = { OUTCOME_GO, "nothing: the session ends" },
};

static void
refusal(
    struct text *lines, const struct heard *h, enum reaction reaction, struct slice words)
{
	enum moment when = moments[h->command];
	const struct outcome o = { .kind = said[reaction].outcome,
		.reply = words,
		.in_header = h->command == CMD_HEADER || h->command == CMD_EOH };
	const struct say_values v = { .host = SLICE("mx.example"),
		.path = h->path,
		.sender = h->sender,
		.enhanced = true };

	profile_refuse(h->profile, when, &o, &v, lines);
}

static enum reaction
reaction_of(const struct heard *h, struct text *words)
{
	const struct habits *habits = &h->profile->habits;
	enum answer a = answer_of(habits, h->protocol, h->answer, h->payload);
	enum reaction r = habits->reactions->at[h->command][a];

	return r == DO_REPLY && !answer_words(&habits->reply, h->payload, words)
		   ? habits->reply.spoilt
		   : r;
}

/* Without CR, and what a terminal would obey is shown. */
static void
put_lines(struct text *out, struct slice lines)
{
	struct slice line;
	bool first = true;

	while (slice_next_line(&lines, &line)) {
		text_printf(out, "%s", first ? "" : "\n");
		text_append_escaped(out, line, line.len);
		first = false;
	}
}

void
heard_append(struct text *out, const struct heard *h)
{
	struct text words = TEXT_INIT(FRAME_PAYLOAD_1M);
	struct text lines = TEXT_INIT(2 * FRAME_PAYLOAD_1M);
	enum reaction r;

	if (h->command > CMD_UNKNOWN) {
		text_printf(out, "250 OK");
		return;
	}
	r = reaction_of(h, &words);
	refusal(&lines, h, r, text_slice(&words));
	if (lines.len != 0)
		put_lines(out, text_slice(&lines));
	else
		text_printf(out, "%s", said[r].words != NULL ? said[r].words : "250 OK");
	text_clear(&words);
	text_clear(&lines);
}
