/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/smtp/quoted.h"

#include "base/put.h"
#include "sim/smtp/blank.h"

/* Behind what the byte at `at` opens: a quote is inmost, brackets may be nested. */
static size_t
behind_closed(struct slice s, size_t at, bool *open)
{
	bool quoted = s.ptr[at] == '"';
	size_t deep = quoted ? 0 : 1;

	for (size_t i = at + 1; i < s.len; i++) {
		char c = s.ptr[i];
		if (c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '<' || c == '>'))
			deep = c == '<' ? deep + 1 : deep - 1;
		if ((c == '"' || c == '>') && !quoted && deep == 0)
			return i + 1;
	}
	*open = true;
	return s.len;
}

static bool
keyword(struct slice word)
{
	return slice_equal_nocase(word, SLICE("from:")) ||
	       slice_equal_nocase(word, SLICE("to:"));
}

bool
quoted_next(struct slice *rest, struct quoted *ret)
{
	struct slice s = *rest;
	size_t n = 0;

	while (n < s.len && blank(s.ptr[n]))
		n++;
	s = slice_from(s, n);
	*ret = (struct quoted){ .text = s };
	for (n = 0; n < s.len && !blank(s.ptr[n]);) {
		char c = s.ptr[n];
		if (c == '<' || c == '"')
			n = behind_closed(s, n, &ret->open);
		else
			n += c == '\\' && n + 1 < s.len ? 2 : 1;
		if (c == ':' && keyword(slice_first(s, n)))
			break;
	}
	ret->text = slice_first(s, n);
	*rest = slice_from(s, n);
	return n != 0;
}

void
quoted_join(struct slice s, struct text *out)
{
	struct quoted w;
	bool first = true;

	for (; quoted_next(&s, &w); first = false) {
		put(out, first ? SLICE("") : SLICE(" "));
		put(out, w.text);
	}
}
