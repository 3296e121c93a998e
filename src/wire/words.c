/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/words.h"

#include <stdlib.h>

#include "base/number.h"

/* What stands behind a backslash; the number of bytes taken, 0: no escape. */
static size_t
escape_value(struct slice s, char *ret)
{
	static const char letter[] = "nrt\\\"";
	static const char value[] = "\n\r\t\\\"";

	if (s.len == 0)
		return 0;
	const char *known = strchr(letter, s.ptr[0]);
	if (s.ptr[0] != '\0' && known != NULL) {
		*ret = value[known - letter];
		return 1;
	}
	if (s.ptr[0] != 'x' || s.len < 3)
		return 0;
	int high = hex_digit(s.ptr[1]);
	int low = hex_digit(s.ptr[2]);
	if (high < 0 || low < 0)
		return 0;
	*ret = (char)(high << 4 | low);
	return 3;
}

bool
words_append(struct text *out, struct slice bytes, struct text *why)
{
	if (text_append(out, bytes) == TEXT_OK)
		return true;
	text_printf(why, "longer than %zu bytes", out->limit);
	return false;
}

bool
words_unescape(struct text *out, struct slice s, bool quotes, struct text *why)
{
	while (s.len > 0) {
		char c = s.ptr[0];
		s = slice_from(s, 1);
		if (quotes && c == '"')
			continue;
		if (c == '\\') {
			size_t took = escape_value(s, &c);
			if (took == 0) {
				text_printf(why,
				    "a backslash wants \\, \", n, r, t or xHH "
				    "behind it");
				return false;
			}
			s = slice_from(s, took);
		}
		if (!words_append(out, (struct slice){ &c, 1 }, why))
			return false;
	}
	return true;
}

size_t
words_end(struct slice s, char stop, bool *ret_open)
{
	bool quoted = false;
	size_t i = 0;

	while (i < s.len && (quoted || s.ptr[i] != stop)) {
		if (s.ptr[i] == '"')
			quoted = !quoted;
		i += s.ptr[i] == '\\' && i + 1 < s.len ? 2 : 1;
	}
	*ret_open = quoted;
	return i;
}

bool
words_next(struct slice *rest, struct slice *ret, struct text *why)
{
	bool open;

	while (rest->len > 0 && rest->ptr[0] == ' ')
		*rest = slice_from(*rest, 1);
	size_t end = words_end(*rest, ' ', &open);
	if (open) {
		text_printf(why, "a quote is not closed");
		return false;
	}
	*ret = slice_first(*rest, end);
	*rest = slice_from(*rest, end);
	return true;
}

bool
words_number(struct slice word, unsigned long max, unsigned long *ret, struct text *why)
{
	char digits[24];
	char *end;

	if (word.len > 0 && word.len < sizeof digits) {
		memcpy(digits, word.ptr, word.len);
		digits[word.len] = '\0';
		bool hex = digits[0] == '0' && ascii_lower(digits[1]) == 'x';
		*ret = strtoul(digits, &end, hex ? 16 : 10);
		if (*end == '\0' && hex_digit(digits[0]) >= 0 && *ret <= max)
			return true;
	}
	text_printf(why, "'");
	text_append_escaped(why, word, 40);
	text_printf(why, "' is not a number from 0 to %lu", max);
	return false;
}

bool
words_done(struct slice rest, struct text *why)
{
	struct slice word;

	if (!words_next(&rest, &word, why))
		return false;
	if (word.len == 0)
		return true;
	text_printf(why, "nothing more may follow here, but '");
	text_append_escaped(why, word, 40);
	text_printf(why, "' does");
	return false;
}
