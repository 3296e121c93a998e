/* SPDX-License-Identifier: BSD-2-Clause */
/* What the text of a REPLYCODE may be: RFC 5321 4.2, RFC 2034, and both MTAs. */
#include "wire/judge.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* yzz of RFC 5321 4.2; only refusals can be said here. */
static bool
code_good(struct slice line)
{
	return line.len >= 3 && (line.ptr[0] == '4' || line.ptr[0] == '5') &&
	       line.ptr[1] >= '0' && line.ptr[1] <= '5' && is_digit(line.ptr[2]) &&
	       (line.len == 3 || line.ptr[3] == ' ' || line.ptr[3] == '-');
}

/* A class and a dot in front of a digit: meant as an enhanced status code. */
static bool
class_differs(struct slice line)
{
	struct slice text = slice_from(line, 4);

	return text.len >= 3 && is_digit(text.ptr[0]) && text.ptr[1] == '.' &&
	       is_digit(text.ptr[2]) && text.ptr[0] != line.ptr[0];
}

static bool
percent_single(struct slice line)
{
	for (size_t i = 0; i < line.len; i++) {
		if (line.ptr[i] != '%')
			continue;
		if (i + 1 == line.len || line.ptr[i + 1] != '%')
			return true;
		i++;
	}
	return false;
}

/* UTF-8 is allowed (RFC 6531); a tab is harmless. */
static bool
unprintable(struct slice line)
{
	for (size_t i = 0; i < line.len; i++) {
		unsigned char c = (unsigned char)line.ptr[i];
		if ((c < ' ' && c != '\t') || c == 0x7f)
			return true;
	}
	return false;
}

/* The line up to CRLF; what follows a bare LF or CR is text. */
static struct slice
take_line(struct slice *rest, bool *ret_more)
{
	for (size_t i = 0; i + 1 < rest->len; i++) {
		if (rest->ptr[i] != '\r' || rest->ptr[i + 1] != '\n')
			continue;
		struct slice line = slice_first(*rest, i);
		*rest = slice_from(*rest, i + 2);
		*ret_more = true;
		return line;
	}
	struct slice line = *rest;
	*rest = slice_from(*rest, rest->len);
	*ret_more = false;
	return line;
}

enum { BAD_CODE = 1, BAD_ENHANCED = 2, BAD_PERCENT = 4, BAD_LINES = 8, BAD_TEXT = 16 };

static unsigned
line_faults(struct slice line, struct slice first, bool more)
{
	unsigned bad = 0;

	if (!code_good(line))
		bad |= first.ptr == line.ptr ? BAD_CODE : BAD_LINES;
	else if (memcmp(line.ptr, first.ptr, 3) != 0 ||
		 (line.len > 3 && (line.ptr[3] == '-') != more))
		bad |= BAD_LINES;
	if (code_good(line) && class_differs(line))
		bad |= BAD_ENHANCED;
	if (percent_single(line))
		bad |= BAD_PERCENT;
	if (unprintable(line))
		bad |= BAD_TEXT;
	return bad;
}

size_t
judge_reply_text(struct slice text, enum packet_kind command,
    struct breach ret[JUDGE_BREACHES], size_t n)
{
	static const struct {
		unsigned bad;
		enum wire_rule rule;
	} rules[] = { { BAD_CODE, RULE_REPLY_CODE },
		{ BAD_ENHANCED, RULE_REPLY_ENHANCED },
		{ BAD_PERCENT, RULE_REPLY_PERCENT }, { BAD_LINES, RULE_REPLY_LINES },
		{ BAD_TEXT, RULE_REPLY_TEXT } };
	struct slice rest = text;
	bool more = true;
	unsigned bad = 0;
	struct slice first = take_line(&rest, &more);

	bad = line_faults(first, first, more);
	while (more) {
		struct slice line = take_line(&rest, &more);
		bad |= line_faults(line, first, more);
	}
	for (size_t i = 0; i < sizeof rules / sizeof rules[0] && n < JUDGE_BREACHES;
	     i++) {
		if ((bad & rules[i].bad) != 0)
			ret[n++] = (struct breach){ rules[i].rule, TO_MTA, command,
				RPL_REPLYCODE };
	}
	return n;
}
