/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of commands, whole and fit to be looked at. */
#include "sim/smtp/smtp_line.h"

#include "base/utf8.h"
#include "sim/smtp/smtp_say.h"
#include "sim/smtp/smtp_verbs.h"

void
smtp_eat(struct smtp *s, size_t n)
{
	text_drop(&s->in, n);
	s->scanned = 0;
}

/* A line whose bytes no command may have is answered by the name of the byte. */
static bool
line_clean(struct smtp *s, struct slice line)
{
	static const struct {
		char byte;
		enum say what;
	} never[] = { { '\0', SAY_COMMAND_NUL }, { '\r', SAY_COMMAND_BARE_CR } };

	size_t count =
	    s->config->profile->loose_lines ? 0 : sizeof never / sizeof never[0];
	for (size_t i = 0; i < count; i++) {
		if (slice_find(line, never[i].byte) == line.len)
			continue;
		smtp_fault(s, never[i].what, SLICE(""));
		return false;
	}
	if (!s->config->profile->utf8_only || utf8_valid(line))
		return true;
	smtp_fault(s, SAY_COMMAND_NOT_UTF8, SLICE(""));
	return false;
}

/* A whole line, LF included, is at the start of `in`: n bytes. */
static enum smtp_ask
take_line(struct smtp *s, size_t n)
{
	struct slice line = slice_first(text_slice(&s->in), n - 1);
	bool crlf = line.len != 0 && line.ptr[line.len - 1] == '\r';
	bool loose = s->config->profile->loose_lines;
	enum smtp_ask question = SMTP_INPUT;

	line = slice_first(line, line.len - crlf);
	while (loose && line.len != 0 && line.ptr[line.len - 1] == '\r')
		line.len--;
	if (loose)
		line = slice_first(line, slice_find(line, '\0'));
	s->ahead = s->in.len > n;
	text_clear(&s->line);
	s->envelope = (struct envelope){ 0 }; /* it borrowed from the line */
	bool cut = s->config->profile->line_cut;
	if (cut)
		line = slice_first(line, s->config->profile->line_max);
	enum text_status kept = TEXT_FULL;
	if (cut || !s->swallowing)
		kept = text_append(&s->line, line);
	if (kept == TEXT_NOMEM)
		smtp_say(s, SAY_STORAGE, SLICE(""));
	else if (kept == TEXT_FULL)
		smtp_fault(s, SAY_LINE_TOO_LONG, SLICE(""));
	else if (!crlf && !loose)
		smtp_fault(s, SAY_COMMAND_BARE_LF, SLICE(""));
	else if (line_clean(s, line))
		question = smtp_run_line(s);
	s->swallowing = false;
	smtp_eat(s, n);
	return question;
}

enum smtp_ask
smtp_next_line(struct smtp *s)
{
	struct slice fresh = slice_from(text_slice(&s->in), s->scanned);
	size_t lf = slice_find(fresh, '\n');

	if (lf < fresh.len)
		return take_line(s, s->scanned + lf + 1);
	s->scanned = s->in.len;
	if (s->in.len <= COMMAND_MAX_ANY)
		return SMTP_INPUT;
	if (s->config->profile->line_cut) { /* its end is still to come */
		s->scanned = s->in.len = COMMAND_MAX_ANY;
	} else { /* keep nothing of it, wait for its end */
		s->swallowing = true;
		smtp_eat(s, s->in.len);
	}
	return SMTP_INPUT;
}
