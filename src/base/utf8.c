/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/utf8.h"

size_t
utf8_next(struct slice s, uint32_t *ret)
{
	static const struct {
		unsigned char mask, mark;
		uint32_t least;
	} row[] = {
		{ 0x80, 0x00, 0 },
		{ 0xe0, 0xc0, 0x80 },
		{ 0xf0, 0xe0, 0x800 },
		{ 0xf8, 0xf0, 0x10000 },
	};

	for (size_t n = 0; n < sizeof row / sizeof row[0] && n < s.len; n++) {
		unsigned char first = (unsigned char)s.ptr[0];

		if ((first & row[n].mask) != row[n].mark)
			continue;
		uint32_t c = first & (unsigned char)~row[n].mask;
		for (size_t i = 1; i <= n; i++) {
			if (((unsigned char)s.ptr[i] & 0xc0) != 0x80)
				return 0;
			c = c << 6 | ((unsigned char)s.ptr[i] & 0x3f);
		}
		if (c < row[n].least || (c >= 0xd800 && c <= 0xdfff) || c > 0x10ffff)
			return 0;
		*ret = c;
		return n + 1;
	}
	return 0;
}

bool
utf8_valid(struct slice s)
{
	uint32_t letter;
	size_t n = 1;

	for (; s.len != 0 && n != 0; s = slice_from(s, n))
		n = utf8_next(s, &letter);
	return n != 0;
}

bool
utf8_is_printable(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} hidden[] = {
		{ 0x0000, 0x001f },    /* controls */
		{ 0x007f, 0x009f },    /* DEL, and those of ISO 6429 */
		{ 0x00ad, 0x00ad },    /* soft hyphen */
		{ 0x034f, 0x034f },    /* combining grapheme joiner */
		{ 0x061c, 0x061c },    /* Arabic letter mark */
		{ 0x115f, 0x1160 },    /* Hangul fillers */
		{ 0x17b4, 0x17b5 },    /* Khmer vowels that nobody sees */
		{ 0x180b, 0x180f },    /* Mongolian selectors and vowel separator */
		{ 0x200b, 0x200f },    /* of no width, and marks of direction */
		{ 0x2028, 0x202e },    /* separators, embeddings and overrides */
		{ 0x2060, 0x206f },    /* word joiner, isolates */
		{ 0x3164, 0x3164 },    /* Hangul filler */
		{ 0xd800, 0xf8ff },    /* surrogates, private use */
		{ 0xfdd0, 0xfdef },    /* not characters */
		{ 0xfe00, 0xfe0f },    /* variation selectors */
		{ 0xfeff, 0xfeff },    /* byte order mark */
		{ 0xffa0, 0xffa0 },    /* Hangul filler of half the width */
		{ 0xfff0, 0xffff },    /* specials */
		{ 0xe0000, 0x10ffff }, /* tags, private use */
	};

	for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++) {
		if (c >= hidden[i].first && c <= hidden[i].last)
			return false;
	}
	return true;
}

uint32_t
utf8_lower(uint32_t c)
{
	/* step 1: all of the range; 2: every second one, from the first on. */
	static const struct {
		uint32_t first, last;
		unsigned char step, add;
	} upper[] = {
		{ 'A', 'Z', 1, 32 },
		{ 0x00c0, 0x00d6, 1, 32 },
		{ 0x00d8, 0x00de, 1, 32 },
		{ 0x0100, 0x012e, 2, 1 },
		{ 0x0132, 0x0136, 2, 1 },
		{ 0x0139, 0x0147, 2, 1 },
		{ 0x014a, 0x0176, 2, 1 },
		{ 0x0179, 0x017d, 2, 1 },
		{ 0x01cd, 0x01db, 2, 1 },
		{ 0x01de, 0x01ee, 2, 1 },
		{ 0x01f8, 0x021e, 2, 1 },
		{ 0x0222, 0x0232, 2, 1 },
		{ 0x0386, 0x0386, 1, 38 },
		{ 0x0388, 0x038a, 1, 37 },
		{ 0x038c, 0x038c, 1, 64 },
		{ 0x038e, 0x038f, 1, 63 },
		{ 0x0391, 0x03a1, 1, 32 },
		{ 0x03a3, 0x03ab, 1, 32 },
		{ 0x0400, 0x040f, 1, 80 },
		{ 0x0410, 0x042f, 1, 32 },
		{ 0x0460, 0x0480, 2, 1 },
		{ 0x048a, 0x04be, 2, 1 },
		{ 0x04c1, 0x04cd, 2, 1 },
		{ 0x04d0, 0x052e, 2, 1 },
		{ 0x0531, 0x0556, 1, 48 },
		{ 0x1e00, 0x1e94, 2, 1 },
		{ 0x1ea0, 0x1efe, 2, 1 },
	};

	for (size_t i = 0; i < sizeof upper / sizeof upper[0]; i++) {
		if (c >= upper[i].first && c <= upper[i].last)
			return (c - upper[i].first) % upper[i].step == 0
				   ? c + upper[i].add
				   : c;
	}
	return c;
}

size_t
utf8_put(char *to, uint32_t c)
{
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned char mark[] = { 0, 0x00, 0xc0, 0xe0, 0xf0 };

	for (size_t i = n; i-- > 1; c >>= 6)
		to[i] = (char)(0x80 | (c & 0x3f));
	to[0] = (char)(mark[n] | c);
	return n;
}
