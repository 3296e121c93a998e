/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/smtp/mailbox_scan.h"

#include "base/put.h"
#include "sim/smtp/blank.h"

/* Part words, and need no blank beside them. */
static bool
operator(char c)
{
	return c != '\0' && strchr(".:%@!^/[]+<>,;", c) != NULL;
}

struct scan {
	struct text *out;
	bool quoted, parted; /* a blank or a comment came */
	unsigned comments, angles;
	enum say fault;
};

/* Two words that only a blank parts are one, with a dot between. */
static void
emit(struct scan *s, struct slice bytes)
{
	bool words = s->out->len != 0 && !operator(s->out->ptr[s->out->len - 1]) &&
		     !operator(bytes.ptr[0]);

	put(s->out, s->parted && words ? SLICE(".") : SLICE(""));
	put(s->out, bytes);
	s->parted = false;
}

static void
count_bracket(struct scan *s, char c)
{
	if (c == '<')
		s->angles++;
	else if (c == '>' && s->angles == 0)
		s->fault = SAY_UNBALANCED_CLOSE;
	else if (c == '>')
		s->angles--;
}

/* In a comment, or at one's begin or end: nothing of that stays. */
static bool
comment(struct scan *s, char c)
{
	if (s->quoted || (s->comments == 0 && c != '(' && c != ')'))
		return false;
	if (c == '(')
		s->comments++;
	else if (c == ')' && s->comments == 0)
		s->fault = SAY_UNBALANCED_PAREN_CLOSE;
	else if (c == ')')
		s->comments--;
	s->parted = true;
	return true;
}

enum say
mailbox_scan(struct slice path, struct text *out)
{
	struct scan s = { .out = out, .fault = N_SAY };

	for (size_t i = 0; i < path.len && s.fault == N_SAY; i++) {
		struct slice one = slice_first(slice_from(path, i), 1);
		if (one.ptr[0] == '\\' && i + 1 < path.len) {
			one.len = 2;
			i++;
		}
		if (one.len == 1 && comment(&s, one.ptr[0]))
			continue;
		if (s.comments != 0)
			continue;
		if (!s.quoted && blank(one.ptr[0])) {
			s.parted = true;
			continue;
		}
		emit(&s, one);
		if (one.ptr[0] == '"')
			s.quoted = !s.quoted;
		else if (!s.quoted)
			count_bracket(&s, one.ptr[0]);
	}
	if (s.fault != N_SAY)
		return s.fault;
	if (s.quoted)
		return SAY_UNBALANCED_QUOTE;
	if (s.comments != 0)
		return SAY_UNBALANCED_PAREN;
	return s.angles != 0 ? SAY_UNBALANCED : N_SAY;
}

unsigned
mailbox_mend(struct slice path, struct text *out, enum say *ret_last)
{
	struct scan s = { .out = out, .fault = N_SAY };
	unsigned faults = 0;

	*ret_last = N_SAY;
	for (size_t i = 0; i < path.len; i++) {
		char c = path.ptr[i];
		bool escape = c == '\\' && i + 1 < path.len;
		bool beside = !escape && comment(&s, c);
		if (!escape && !beside && s.comments == 0 && c == '"')
			s.quoted = !s.quoted;
		else if (!escape && !beside && s.comments == 0 && !s.quoted)
			count_bracket(&s, c);
		if (s.fault == N_SAY)
			put(out, slice_first(slice_from(path, i), escape ? 2 : 1));
		else
			*ret_last = s.fault;
		faults += s.fault != N_SAY;
		s.fault = N_SAY;
		i += escape;
	}
	if (s.quoted) {
		put(out, SLICE("\""));
		*ret_last = SAY_UNBALANCED_QUOTE;
		faults++;
	}
	for (; s.comments > 0; s.comments--, faults++) {
		put(out, SLICE(")"));
		*ret_last = SAY_UNBALANCED_PAREN;
	}
	for (; s.angles > 0; s.angles--, faults++) {
		put(out, SLICE(">"));
		*ret_last = SAY_UNBALANCED;
	}
	return faults;
}

bool
mailbox_empty(struct slice path)
{
	struct text plain = TEXT_INIT(path.len + 1);
	bool empty = mailbox_scan(path, &plain) == N_SAY && plain.len == 0;

	text_clear(&plain);
	return empty;
}
