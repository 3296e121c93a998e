/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/virus/signature_line.h"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool
in_a_name(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

static struct slice
without_blanks(struct slice s)
{
	while (s.len > 0 && is_blank(s.ptr[s.len - 1]))
		s.len--;
	while (s.len > 0 && is_blank(s.ptr[0]))
		s = slice_from(s, 1);
	return s;
}

/* The part from the first byte on that is neither printable ASCII nor a tab. */
static struct slice
from_bad_byte(struct slice s)
{
	while (s.len > 0 && ((s.ptr[0] >= ' ' && s.ptr[0] <= '~') || s.ptr[0] == '\t'))
		s = slice_from(s, 1);
	return s;
}

static enum signature_line
with_equals_sign(struct slice line, struct slice before, struct slice after)
{
	struct slice name = without_blanks(before);
	size_t good = 0;

	while (good < name.len && in_a_name(name.ptr[good]))
		good++;
	bool blanks = name.len < before.len || without_blanks(after).len < after.len;

	if (good == name.len && good > 0 && after.len == 0)
		return LINE_NAME;
	if (good == name.len && good > 0 && blanks)
		return LINE_NAME_AND_PATTERN;
	if (line.len == 1 ||
	    (line.ptr[line.len - 1] == '=' && is_blank(line.ptr[line.len - 2])))
		return LINE_NAME_MISSPELT;
	return LINE_PATTERN;
}

enum signature_line
signature_line(struct slice line, struct slice *ret)
{
	struct slice bare = without_blanks(line);
	struct slice bad = from_bad_byte(bare);
	size_t equals = slice_find(bare, '=');

	*ret = bare;
	if (bare.len == 0)
		return LINE_BLANK;
	if (bare.ptr[0] == '#')
		return LINE_COMMENT;
	if (bad.len > 0) {
		*ret = bad;
		return LINE_BAD_BYTE;
	}
	if (equals == bare.len)
		return LINE_PATTERN;
	struct slice before = slice_first(bare, equals);
	enum signature_line kind =
	    with_equals_sign(bare, before, slice_from(bare, equals + 1));
	if (kind == LINE_NAME)
		*ret = without_blanks(before);
	return kind;
}
