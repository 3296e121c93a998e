/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/slice.h"

bool
slice_equal_nocase(struct slice a, struct slice b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++) {
		if (ascii_lower(a.ptr[i]) != ascii_lower(b.ptr[i]))
			return false;
	}
	return true;
}

bool
slice_starts(struct slice s, struct slice prefix)
{
	return s.len >= prefix.len && slice_equal(slice_first(s, prefix.len), prefix);
}

bool
slice_starts_nocase(struct slice s, struct slice prefix)
{
	return s.len >= prefix.len &&
	       slice_equal_nocase(slice_first(s, prefix.len), prefix);
}

bool
slice_ends_nocase(struct slice s, struct slice suffix)
{
	return s.len >= suffix.len &&
	       slice_equal_nocase(slice_from(s, s.len - suffix.len), suffix);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct slice
slice_trim(struct slice s)
{
	while (s.len > 0 && is_blank(s.ptr[0]))
		s = slice_from(s, 1);
	while (s.len > 0 && is_blank(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

struct slice
slice_without_last(struct slice s, char c)
{
	return s.len > 0 && s.ptr[s.len - 1] == c ? slice_first(s, s.len - 1) : s;
}

struct slice
slice_behind_mark(struct slice s)
{
	static const struct slice mark = SLICE("\357\273\277");

	return slice_starts(s, mark) ? slice_from(s, mark.len) : s;
}

struct slice
slice_from(struct slice s, size_t n)
{
	if (n >= s.len)
		return (struct slice){ NULL, 0 };
	return (struct slice){ s.ptr + n, s.len - n };
}

struct slice
slice_first(struct slice s, size_t n)
{
	return (struct slice){ s.ptr, n < s.len ? n : s.len };
}

size_t
slice_find(struct slice s, char c)
{
	const char *at = s.len > 0 ? memchr(s.ptr, c, s.len) : NULL;

	return at != NULL ? (size_t)(at - s.ptr) : s.len;
}

size_t
slice_find_last(struct slice s, char c)
{
	const char *at = s.len > 0 ? memrchr(s.ptr, c, s.len) : NULL;

	return at != NULL ? (size_t)(at - s.ptr) : s.len;
}

bool
slice_next_line(struct slice *rest, struct slice *ret_line)
{
	if (rest->len == 0)
		return false;
	size_t lf = slice_find(*rest, '\n');
	struct slice line = slice_first(*rest, lf);
	*rest = slice_from(*rest, lf + 1);
	if (line.len > 0 && line.ptr[line.len - 1] == '\r')
		line.len--;
	*ret_line = line;
	return true;
}

struct slice
slice_next_piece(struct slice *rest)
{
	size_t lf = slice_find(*rest, '\n');
	struct slice piece = slice_first(*rest, lf < rest->len ? lf + 1 : lf);

	*rest = slice_from(*rest, piece.len);
	return piece;
}

struct slice
slice_next_word(struct slice *rest)
{
	size_t n = 0;

	*rest = slice_trim(*rest);
	while (n < rest->len && rest->ptr[n] != ' ' && rest->ptr[n] != '\t')
		n++;
	struct slice word = slice_first(*rest, n);
	*rest = slice_trim(slice_from(*rest, n));
	return word;
}
