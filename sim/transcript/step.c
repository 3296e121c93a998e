/* SPDX-License-Identifier: BSD-2-Clause */
/* A step as the line that it was. */
#include "sim/transcript/transcript.h"

static const char *const wants[] = {
	[WANT_PATTERN] = "",
	[WANT_ANSWER] = "answer",
	[WANT_CONSENT] = "consent",
	[WANT_REFUSAL] = "refusal",
	[WANT_EDITS] = "edits",
	[WANT_CLOSE] = "close",
	[WANT_UNTIL_CLOSE] = "until close",
	[WANT_SILENCE] = "silence",
};

/* What stands around the modifiers: "M", "> ". */
static const struct {
	const char *side, *mark;
} lines[] = {
	[STEP_SEND] = { "C", ": " },
	[STEP_BYTES] = { "C", "= " },
	[STEP_CLOSE] = { "C", "! close" },
	[STEP_RESET] = { "C", "! reset" },
	[STEP_SHUTDOWN] = { "C", "! shutdown" },
	[STEP_LINE] = { "S", ": " },
	[STEP_EXACT] = { "S", "= " },
	[STEP_EOF] = { "S", "! close" },
	[STEP_SILENCE] = { "S", "! silence " },
	[STEP_PACKET] = { "M", "> " },
	[STEP_RAW_PACKET] = { "M", "> raw " },
	[STEP_ANSWER] = { "M", "< " },
	[STEP_MILTER_EOF] = { "M", "! close" },
	[STEP_NO_PACKET] = { "M", "! no " },
	[STEP_MTA_PACKET] = { "M", "> " },
	[STEP_MTA_ANYWAY] = { "M", ">> " },
	[STEP_MTA_BYTES] = { "M", "= " },
	[STEP_MTA_CLOSE] = { "M", "! close" },
	[STEP_MTA_RESET] = { "M", "! reset" },
	[STEP_MTA_SHUTDOWN] = { "M", "! shutdown" },
	[STEP_MTA_WAIT] = { "M", "! wait " },
	[STEP_REPLY] = { "M", "< " },
	[STEP_REPLY_OR] = { "M", "| " },
	[STEP_VERDICT] = { "R", "< " },
	[STEP_RESULT] = { "R", ": " },
	[STEP_RESULT_SAME] = { "R", "! same" },
	[STEP_POINT] = { "point:", "" },
	[STEP_LET] = { "let: ", "" },
};

static bool
is_want(enum step_kind kind)
{
	return kind == STEP_REPLY || kind == STEP_REPLY_OR || kind == STEP_VERDICT;
}

void
step_describe(const struct step *s, struct text *out)
{
	if (s->conn > 1)
		text_printf(out, "%u ", s->conn);
	text_printf(out, "%s", lines[s->kind].side);
	if (s->milter > 1)
		text_printf(out, "%d", s->milter);
	if (s->piece > 0)
		text_printf(out, "/%u", s->piece);
	if (s->repeat > 1)
		text_printf(out, "*%u", s->repeat);
	text_printf(out, "%s", lines[s->kind].mark);
	if (is_want(s->kind)) {
		text_printf(out, "%s", wants[s->want]);
		if (s->want == WANT_SILENCE)
			text_printf(out, " %ums", s->wait_ms);
	} else if (s->kind == STEP_SILENCE || s->kind == STEP_MTA_WAIT) {
		text_printf(out, "%ums", s->wait_ms);
	} else if (s->kind == STEP_NO_PACKET) {
		text_printf(out, "%s", packet_rules[s->command].name);
	}
	text_append_escaped(out, text_slice(&s->text), 1000);
}
