/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_SPAM_FIELD_SCAN_H
#define POLICY_SPAM_FIELD_SCAN_H

/*
 * field_scan - the words of a structured header field (RFC 5322 3.2).
 *
 * Cuts an address field into words, the specials < > @ , ; : and breaks.
 * Blanks, controls and comments are left out and only set `gap`.  A word is
 * an atom with its dots, a quoted string with its quotes, or a domain literal
 * with its brackets; bytes above 127 are letters.  A mark that nobody sees, of
 * no width, is a blank at the border of a word and part of the word within.
 *
 * A comment or quoted string that has no end yields a break, and the field is
 * scanned again from its first byte with that character as a mere separator
 * (a break each time).  So a field is read at most three times, and time is
 * linear.  Pure; one scan, one thread.
 */

#include "base/slice.h"

enum field_token { /* below 256: the special itself */
	FIELD_END = 256,
	FIELD_WORD,
	FIELD_BREAK,
};

struct field_scan {
	struct slice field, rest;
	bool no_comments, no_quotes; /* one had no end: ( or " only separates */
	bool gap; /* something was left out before this token; the caller resets */
};

static inline struct field_scan
field_scan_begin(struct slice field)
{
	return (struct field_scan){ .field = field, .rest = field };
}

/* Bytes of the mark at s that no reader shows; 0: none.  s is not empty. */
size_t field_mark_length(struct slice s);

/*
 * The next token, a word in *ret_word.  A domain literal is looked for only
 * where `literal` says that one may stand, behind an @: elsewhere [ and ] are
 * blanks, and hide nothing.
 */
int field_scan_next(struct field_scan *f, bool literal, struct slice *ret_word);

#endif
