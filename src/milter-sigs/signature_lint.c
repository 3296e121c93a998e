/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter-sigs/signature_lint.h"

#include <stdint.h>
#include <stdlib.h>

#include "milter-sigs/worth.h"
#include "policy/virus/scan.h"

enum { NONE = -1, MAIL_LINE = 998 /* RFC 5322 2.1.1 */ };

/* The place of the signature that is found in the text, or NONE. */
static long
found_in(const struct scanner *scanner, struct slice text)
{
	struct scan scan;

	scan_begin(&scan, scanner);
	long hit = scan_feed(&scan, text) == SCAN_HIT ? (long)scan.hit.signature : NONE;
	scan_end(&scan);
	return hit;
}

/* Without its last byte, and without its first, it cannot be found itself. */
static long
held_by(const struct scanner *scanner, const struct signatures *s, size_t i)
{
	struct slice pattern = s->entry[i].pattern;
	long hit = found_in(scanner, slice_first(pattern, pattern.len - 1));

	if (hit == NONE)
		hit = found_in(scanner, slice_from(pattern, 1));
	return hit;
}

static void
say(const struct signature *e, struct text *to, const char *what)
{
	text_printf(to, "%zu: %.*s: %s\n", e->line, (int)e->name.len, e->name.ptr, what);
}

static bool
is_base64(struct slice pattern)
{
	for (size_t i = 0; i < pattern.len; i++) {
		char c = pattern.ptr[i];
		if (!(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z') &&
		    !(c >= '0' && c <= '9') && c != '+' && c != '/' && c != '=')
			return false;
	}
	return true;
}

/*
 * Why no line of a message can be this pattern: a pattern holds no line end, so
 * that two lines of the message under one name, or a word right behind a
 * pattern, make one that matches nothing.  NULL: it can.
 */
static const char *
fault_of_lines(const struct signature *e)
{
	if (e->parts > 1 && e->uneven)
		return "is joined of lines of unequal width: leave an empty line "
		       "between two patterns, and a name above each";
	if (e->parts > 1 && e->pattern.len > BASE64_LINE)
		return "is joined of lines to more than the 76 characters of a line of "
		       "MIME: take one line of the message alone";
	if (e->pattern.len > BASE64_LINE && is_base64(e->pattern))
		return "is longer than a line of base64, which has 76 characters";
	return e->pattern.len > MAIL_LINE
		   ? "is longer than a line of mail, which has 998 "
		     "characters"
		   : NULL;
}

static size_t
lint_entry(
    const struct scanner *scanner, const struct signatures *s, size_t i, struct text *to)
{
	const struct signature *e = &s->entry[i];
	enum worth_fault fault = worth_of(e->pattern);
	long held = held_by(scanner, s, i);

	const char *lines = fault_of_lines(e);

	if (fault != WORTH_FINE)
		say(e, to, worth_words(fault));
	if (lines != NULL)
		say(e, to, lines);
	if (held != NONE) {
		struct text what = TEXT_INIT(SIGNATURE_NAME_MAX + 100);
		const struct signature *other = &s->entry[held];
		text_printf(&what,
		    "holds the pattern of line %zu (%.*s), which is found first",
		    other->line, (int)other->name.len, other->name.ptr);
		say(e, to, text_cstr(&what));
		text_clear(&what);
	}
	return (size_t)(fault != WORTH_FINE) + (size_t)(held != NONE) +
	       (size_t)(lines != NULL);
}

bool
signature_lint(const struct signatures *s, struct text *to, size_t *ret_faults)
{
	struct slice *patterns = calloc(s->count + 1, sizeof *patterns);
	struct scanner *scanner = NULL;

	*ret_faults = 0;
	for (size_t i = 0; patterns != NULL && i < s->count; i++)
		patterns[i] = s->entry[i].pattern;
	if (patterns != NULL)
		scanner = scanner_new(patterns, s->count);
	for (size_t i = 0; scanner != NULL && i < s->count; i++)
		*ret_faults += lint_entry(scanner, s, i, to);
	bool ok = scanner != NULL;
	scanner_free(scanner);
	free(patterns);
	return ok;
}
