/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

/*
 * slice - bytes that somebody else owns.
 *
 * A slice is a pointer and a length, never a terminator: mail bodies hold
 * NUL bytes, and a slice that stops at one would let a virus hide behind it.
 * It is valid only as long as its owner says; to keep bytes, copy them into
 * a struct text (base/text.h).
 *
 * All functions are pure and thread-safe.  A slice of length 0 may have a NULL
 * pointer.  Case is folded for ASCII letters only, as RFC 5321 section 2.4
 * asks for domains and command words; bytes above 127 compare as they are.
 */

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct slice {
	const char *ptr;
	size_t len;
};

/* A string literal, NUL bytes inside it included, its terminator not. */
#define SLICE(literal) ((struct slice){ "" literal, sizeof(literal) - 1 })

static inline struct slice
slice_of(const char *cstr)
{
	return (struct slice){ .ptr = cstr, .len = cstr != NULL ? strlen(cstr) : 0 };
}

static inline bool
slice_equal(struct slice a, struct slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline char
ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* A blank or a control character, which no atom has (RFC 5322 3.2.3); bytes above 127
 * are none, whatever sign a char has here. */
static inline bool
ascii_unseen(char c)
{
	unsigned char byte = (unsigned char)c;

	return byte <= ' ' || byte == 127;
}

bool slice_equal_nocase(struct slice a, struct slice b);
bool slice_starts(struct slice s, struct slice prefix);
bool slice_starts_nocase(struct slice s, struct slice prefix);
bool slice_ends_nocase(struct slice s, struct slice suffix);

/* Without the blanks (space, tab, CR, LF) at either end. */
struct slice slice_trim(struct slice s);

/* Without c as its last byte, if it is; once. */
struct slice slice_without_last(struct slice s, char c);

/* What a text file says: without the byte order mark that some write in front of UTF-8.
 */
struct slice slice_behind_mark(struct slice s);

/* From byte n on; empty when n is beyond the end. */
struct slice slice_from(struct slice s, size_t n);

/* The first n bytes; all of it when it is shorter. */
struct slice slice_first(struct slice s, size_t n);

/* Where c stands first or last, or s.len when it does not. */
size_t slice_find(struct slice s, char c);
size_t slice_find_last(struct slice s, char c);

/*
 * Takes the next line off *rest, without its LF or CRLF; false at the end.
 * A last line without LF counts as a line.
 */
bool slice_next_line(struct slice *rest, struct slice *ret_line);

/*
 * Takes the next piece off *rest: through its first LF, which stays, or all of it.
 * For bytes of which nobody knows whether they are whole lines.  Empty at the end.
 */
struct slice slice_next_piece(struct slice *rest);

/*
 * Takes the next word off *rest, up to a space or tab, and the blanks on either side
 * of it and at the end of *rest.  Empty at the end.
 */
struct slice slice_next_word(struct slice *rest);

#endif
