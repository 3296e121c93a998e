/* SPDX-License-Identifier: BSD-2-Clause */
/* addresses_join - words in a row are one address, its words joined by dots. */
#include <string.h>

#include "base/put.h"
#include "sim/smtp/addresses.h"

static bool
blank(char c)
{
	return strchr(" \t\r\n", c) != NULL && c != '\0';
}

/* The next word of *rest, up to a blank or a comma. */
static struct slice
take_word(struct slice *rest)
{
	size_t begin = 0, end;

	while (begin < rest->len && blank(rest->ptr[begin]))
		begin++;
	for (end = begin;
	     end < rest->len && !blank(rest->ptr[end]) && rest->ptr[end] != ','; end++)
		;
	struct slice word = slice_first(slice_from(*rest, begin), end - begin);
	*rest = slice_from(*rest, end);
	return word;
}

bool
addresses_join(struct slice value, bool list, struct text *out)
{
	bool commas = slice_find(value, ',') != value.len, joined = false, first = true;
	struct slice word;

	for (size_t i = 0; i < value.len; i++) {
		/* Its NUL too: nothing that has one is an address. */
		if (strchr("<(\":;", value.ptr[i]) != NULL)
			return false;
	}
	put(out, SLICE(" "));
	for (;;) {
		word = take_word(&value);
		bool part = value.len != 0 && value.ptr[0] == ',' && word.len == 0;
		if (part)
			value = slice_from(value, 1);
		else if (word.len == 0)
			break;
		if (!first && !part)
			put(out, list && !commas ? SLICE(", ") : SLICE("."));
		joined = joined || (!first && !part);
		put(out, part ? SLICE(", ") : word);
		first = part;
	}
	return joined;
}
