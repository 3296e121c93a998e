/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter-sigs/signature_lint.h"

#include <stdint.h>
#include <stdlib.h>

#include "milter-sigs/worth.h"
#include "policy/virus/scan.h"

enum { NONE = -1 };

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

static size_t
lint_entry(
    const struct scanner *scanner, const struct signatures *s, size_t i, struct text *to)
{
	const struct signature *e = &s->entry[i];
	enum worth_fault fault = worth_of(e->pattern);
	long held = held_by(scanner, s, i);

	if (fault != WORTH_FINE)
		say(e, to, worth_words(fault));
	if (held != NONE) {
		struct text what = TEXT_INIT(SIGNATURE_NAME_MAX + 100);
		const struct signature *other = &s->entry[held];
		text_printf(&what,
		    "holds the pattern of line %zu (%.*s), which is found first",
		    other->line, (int)other->name.len, other->name.ptr);
		say(e, to, text_cstr(&what));
		text_clear(&what);
	}
	return (fault != WORTH_FINE ? 1u : 0u) + (held != NONE ? 1u : 0u);
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
