/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/virus/signatures.h"

#include <stdint.h>
#include <stdlib.h>

#include "policy/virus/signature_line.h"
#include "policy/virus/signature_twins.h"

enum {
	SHOWN = 40,     /* bytes of a faulty line in a message */
	REPETITION = 4, /* characters over and over are no signature */
};

/* What the lines so far have begun. */
enum open { OPEN_NOTHING, OPEN_NAME, OPEN_PATTERN };

struct reader {
	const struct signature_rules *rules;
	struct signatures out;
	size_t room; /* for entries */
	size_t used; /* of out.bytes */
	size_t line; /* number of the line at hand */
	enum open open;
	size_t name_line;
	struct slice name;
	struct signature now; /* the pattern that is being joined */
	struct text *why;
};

static bool
fault(struct reader *r, size_t line, const char *what)
{
	text_printf(r->why, "%zu: %s", line, what);
	return false;
}

static bool
fault_shown(struct reader *r, struct slice line, const char *what)
{
	text_printf(r->why, "%zu: '", r->line);
	text_append_escaped(r->why, line, SHOWN);
	text_printf(r->why, "' %s", what);
	return false;
}

static bool
bad_byte(struct reader *r, struct slice line, struct slice from)
{
	text_printf(r->why,
	    "%zu: byte 0x%02X in column %zu, a pattern is printable ASCII as mail "
	    "carries "
	    "it: take another line of the message",
	    r->line, (unsigned)(unsigned char)from.ptr[0],
	    (size_t)(from.ptr - line.ptr) + 1);
	return false;
}

/* Puts bytes behind those that are there; there is room, see signatures_parse(). */
static struct slice
copy(struct reader *r, struct slice s)
{
	char *to = r->out.bytes + r->used;

	memcpy(to, s.ptr, s.len);
	r->used += s.len;
	return (struct slice){ to, s.len };
}

/*
 * Four times the same or more.  Base64 turns equal bytes into this (zeros into
 * "AAAA", blanks into "ICAg"), and clean mail is full of them.
 */
static bool
repeats(struct slice pattern, size_t period)
{
	return pattern.len >= 4 * period &&
	       memcmp(pattern.ptr, pattern.ptr + period, pattern.len - period) == 0;
}

static bool
pattern_is_good(struct reader *r)
{
	struct slice pattern = r->now.pattern;

	if (pattern.len < r->rules->min_pattern) {
		text_printf(r->why,
		    "%zu: a pattern of %zu characters, at least %zu are needed: take "
		    "more of "
		    "the line",
		    r->now.line, pattern.len, r->rules->min_pattern);
		return false;
	}
	for (size_t period = 1; period <= REPETITION; period++) {
		if (repeats(pattern, period))
			return fault(r, r->now.line,
			    "the pattern is a few characters over and over, which clean "
			    "mail "
			    "may hold: take a line that looks random");
	}
	return true;
}

static bool
add_entry(struct reader *r)
{
	if (r->out.count == SIGNATURES_MOST)
		return fault(r, r->now.line, "too many signatures, remove some");
	if (r->out.count == r->room) {
		size_t room = r->room != 0 ? 2 * r->room : 64;
		struct signature *grown =
		    realloc(r->out.entry, room * sizeof *r->out.entry);

		if (grown == NULL)
			return fault(r, r->now.line, "out of memory");
		r->out.entry = grown;
		r->room = room;
	}
	r->out.entry[r->out.count++] = r->now;
	return true;
}

/* An entry ends: at a blank line, a name, the end of the text. */
static bool
close_entry(struct reader *r)
{
	if (r->open == OPEN_PATTERN) {
		r->open = OPEN_NOTHING;
		return pattern_is_good(r) && add_entry(r);
	}
	return true;
}

static bool
refuse_open_name(struct reader *r)
{
	if (r->open != OPEN_NAME)
		return true;
	text_printf(r->why, "%zu: '", r->name_line);
	text_append_escaped(r->why, r->name, SHOWN);
	text_printf(r->why, "' has no pattern, put one below it; if this line ends a "
			    "pattern, leave its '=' off");
	return false;
}

static bool
take_name(struct reader *r, struct slice name)
{
	if (!close_entry(r) || !refuse_open_name(r))
		return false;
	if (name.len > SIGNATURE_NAME_MAX) {
		text_printf(r->why,
		    "%zu: a name of %zu characters, at most %d are allowed", r->line,
		    name.len, SIGNATURE_NAME_MAX);
		return false;
	}
	r->open = OPEN_NAME;
	r->name = copy(r, name);
	r->name_line = r->line;
	return true;
}

static bool
take_pattern(struct reader *r, struct slice part)
{
	if (r->open == OPEN_NOTHING)
		return fault_shown(r, part, "has no name, put a line 'NAME =' above it");
	if (r->open == OPEN_NAME)
		r->now = (struct signature){ .name = r->name,
			.pattern = { r->out.bytes + r->used, 0 },
			.line = r->line,
			.width = part.len };
	r->now.uneven = r->now.uneven || part.len > r->now.width ||
			r->now.pattern.len % r->now.width != 0;
	r->now.parts++;
	r->open = OPEN_PATTERN;
	if (part.len > SIGNATURE_LONGEST - r->now.pattern.len) {
		text_printf(r->why,
		    "%zu: a pattern of more than %d characters, take a part of it",
		    r->now.line, SIGNATURE_LONGEST);
		return false;
	}
	r->now.pattern.len += copy(r, part).len;
	return true;
}

static bool
take_line(struct reader *r, struct slice line)
{
	struct slice part;

	switch (signature_line(line, &part)) {
	case LINE_COMMENT: return true;
	case LINE_BLANK: return close_entry(r);
	case LINE_NAME: return take_name(r, part);
	case LINE_PATTERN: return take_pattern(r, part);
	case LINE_BAD_BYTE: return bad_byte(r, line, part);
	case LINE_NAME_MISSPELT:
		return fault_shown(r, part,
		    "is not a name, which holds letters, digits, '.', '_' and '-' alone; "
		    "if it is a pattern, leave its last '=' off");
	case LINE_NAME_AND_PATTERN:
		return fault_shown(r, part,
		    "has more behind its '=', put the pattern on the line below the "
		    "name");
	}
	return false;
}

static bool
skip_byte_order_mark(struct reader *r, struct slice *text)
{
	if (slice_starts(*text, SLICE("\xff\xfe")) ||
	    slice_starts(*text, SLICE("\xfe\xff")))
		return fault(r, 1, "the file is UTF-16, save it as plain ASCII");
	if (slice_starts(*text, SLICE("\xef\xbb\xbf")))
		*text = slice_from(*text, 3);
	return true;
}

static bool
read_all(struct reader *r, struct slice text)
{
	struct slice line;

	if (!skip_byte_order_mark(r, &text))
		return false;
	while (slice_next_line(&text, &line)) {
		r->line++;
		if (!take_line(r, line))
			return false;
	}
	if (!close_entry(r) || !refuse_open_name(r))
		return false;
	if (r->out.count == 0)
		return fault(r, r->line != 0 ? r->line : 1,
		    "the file ends without a signature, and without any every virus "
		    "would "
		    "pass: put in at least one");
	return signature_twins_warn(&r->out) || fault(r, r->line, "out of memory");
}

bool
signatures_parse(struct slice text, const struct signature_rules *rules,
    struct signatures *ret, struct text *why)
{
	struct reader r = { .rules = rules, .why = why };

	r.out.warnings = (struct text)TEXT_INIT(SIGNATURE_WARNINGS_MAX);
	r.out.bytes = malloc(text.len + 1);
	if (r.out.bytes == NULL)
		return fault(&r, 1, "out of memory");
	if (!read_all(&r, text)) {
		signatures_clear(&r.out);
		return false;
	}
	*ret = r.out;
	return true;
}

void
signatures_clear(struct signatures *s)
{
	free(s->entry);
	free(s->bytes);
	text_clear(&s->warnings);
	s->entry = NULL;
	s->bytes = NULL;
	s->count = 0;
}
