/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/spam/field_scan.h"

#include "base/utf8.h"

/* RFC 5321 4.1.3; longer than any address, so a stray [ costs little. */
enum { LITERAL_MAX = 255 };

static bool
is_special(unsigned char c)
{
	return c == '<' || c == '>' || c == '@' || c == ',' || c == ';' || c == ':';
}

/* Controls count as blanks: folds are, and the others no reader shows. */
static bool
is_blank(unsigned char c)
{
	return ascii_unseen((char)c);
}

size_t
field_mark_length(struct slice s)
{
	uint32_t wide;
	size_t n = (unsigned char)s.ptr[0] < 0x80 ? 0 : utf8_next(s, &wide);

	return n > 0 && !utf8_is_printable(wide) ? n : 0;
}

/*
 * Bytes of a blank at s, 0 for none: also of what a mail program shows as one, a
 * no-break space (as UTF-8, or the lone byte of ISO 8859-1), or not at all.  It
 * would else hide the address that it is glued to.
 */
static size_t
blank_length(struct slice s)
{
	unsigned char c = (unsigned char)s.ptr[0];
	uint32_t wide;

	if (c < 0x80)
		return is_blank(c);
	size_t n = utf8_next(s, &wide);
	if (n == 0)
		return c == 0xa0;
	bool space = wide == 0x00a0 || wide == 0x1680 ||
		     (wide >= 0x2000 && wide <= 0x200a) || wide == 0x202f ||
		     wide == 0x205f || wide == 0x3000;
	return space ? n : field_mark_length(s);
}

static bool
is_atom(unsigned char c)
{
	return !is_blank(c) && !is_special(c) && strchr("()[]\"", c) == NULL;
}

/* Bytes of the comment at s, its brackets included; 0: it has no end. */
static size_t
comment_length(struct slice s)
{
	size_t depth = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '\\')
			i++;
		else if (s.ptr[i] == '(')
			depth++;
		else if (s.ptr[i] == ')' && --depth == 0)
			return i + 1;
	}
	return 0;
}

/* Bytes of the quoted string at s, its quotes included; 0: it has no end. */
static size_t
quoted_length(struct slice s)
{
	for (size_t i = 1; i < s.len; i++) {
		if (s.ptr[i] == '\\')
			i++;
		else if (s.ptr[i] == '"')
			return i + 1;
	}
	return 0;
}

/* Bytes of the letter of an atom at s; 0: none. */
static size_t
letter_length(struct slice s)
{
	uint32_t wide;

	if (s.len == 0 || !is_atom((unsigned char)s.ptr[0]) || blank_length(s) > 0)
		return 0;
	size_t n = (unsigned char)s.ptr[0] < 0x80 ? 1 : utf8_next(s, &wide);
	return n > 0 ? n : 1;
}

/* Marks behind its last letter are blanks. */
static size_t
atom_length(struct slice s)
{
	size_t n = 0, letters = 0, len;

	do {
		while ((len = letter_length(slice_from(s, n))) > 0)
			letters = n += len;
		if (letters > 0 && n < s.len)
			n += len = field_mark_length(slice_from(s, n));
	} while (len > 0);
	return letters;
}

/* "[192.0.2.1]", "[IPv6:2001:db8::1]"; 0: no such thing, [ is a blank then. */
static size_t
literal_length(struct slice s)
{
	struct slice near = slice_first(s, LITERAL_MAX);

	for (size_t n = 1; n < near.len; n++) {
		unsigned char c = (unsigned char)near.ptr[n];

		if (c == ']')
			return n + 1;
		if (!is_atom(c) && !is_blank(c) && c != ':')
			break;
	}
	return 0;
}

static struct slice
take(struct field_scan *f, size_t n)
{
	struct slice s = slice_first(f->rest, n);

	f->rest = slice_from(f->rest, n);
	return s;
}

static int
scan_enclosed(
    struct field_scan *f, bool *off, size_t length(struct slice), struct slice *ret)
{
	if (*off) {
		take(f, 1);
		return FIELD_BREAK;
	}
	size_t len = length(f->rest);
	if (len == 0) {
		*off = true;
		f->rest = f->field;
		return FIELD_BREAK;
	}
	*ret = take(f, len);
	return FIELD_WORD;
}

int
field_scan_next(struct field_scan *f, bool literal, struct slice *ret_word)
{
	while (f->rest.len > 0) {
		unsigned char c = (unsigned char)f->rest.ptr[0];

		if (c == '"')
			return scan_enclosed(f, &f->no_quotes, quoted_length, ret_word);
		size_t word =
		    c == '[' && literal ? literal_length(f->rest) : atom_length(f->rest);
		if (word > 0) {
			*ret_word = take(f, word);
			return FIELD_WORD;
		}
		if (c == '(') {
			if (scan_enclosed(f, &f->no_comments, comment_length, ret_word) ==
			    FIELD_BREAK)
				return FIELD_BREAK;
		} else {
			size_t blank = blank_length(f->rest);
			take(f, blank > 0 ? blank : 1);
			if (is_special(c))
				return c;
		}
		f->gap = true;
	}
	return FIELD_END;
}
