/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/address.h"

/* The last @ that is not inside a quoted local part; s.len when none. */
static size_t
find_at(struct slice s)
{
	bool quoted = false;
	size_t at = s.len;

	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '\\' && quoted)
			i++;
		else if (s.ptr[i] == '"')
			quoted = !quoted;
		else if (s.ptr[i] == '@' && !quoted)
			at = i;
	}
	return quoted ? slice_find_last(s, '@') : at;
}

/* The > that closes the < at byte 0, quotes respected; s.len when none. */
static size_t
find_close(struct slice s)
{
	bool quoted = false;

	for (size_t i = 1; i < s.len; i++) {
		if (s.ptr[i] == '\\' && quoted)
			i++;
		else if (s.ptr[i] == '"')
			quoted = !quoted;
		else if (s.ptr[i] == '>' && !quoted)
			return i;
	}
	return s.len;
}

/* "@a.example,@b.example:user@c.example" -> "user@c.example" (RFC 5321 appendix C). */
static struct slice
without_route(struct slice s)
{
	if (s.len == 0 || s.ptr[0] != '@')
		return s;
	size_t colon = slice_find(s, ':');
	return colon < s.len ? slice_from(s, colon + 1) : s;
}

struct address
address_parse(struct slice raw)
{
	struct address a = { .well_formed = true };
	struct slice s = slice_trim(raw);

	if (s.len > 0 && s.ptr[0] == '<') {
		size_t close = find_close(s);
		a.well_formed = close + 1 == s.len;
		s = slice_from(slice_first(s, close), 1);
		a.null = s.len == 0 && a.well_formed;
	}
	a.whole = without_route(s);
	size_t at = find_at(a.whole);
	a.local = slice_first(a.whole, at);
	a.domain = slice_from(a.whole, at + 1);
	if (!a.null && a.local.len == 0)
		a.well_formed = false;
	return a;
}

struct slice
address_user(struct slice local, const char *delimiters)
{
	for (size_t i = 1; i < local.len; i++) {
		if (local.ptr[i] != '\0' && strchr(delimiters, local.ptr[i]) != NULL)
			return slice_first(local, i);
	}
	return local;
}
