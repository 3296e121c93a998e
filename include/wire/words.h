/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef WIRE_WORDS_H
#define WIRE_WORDS_H

/*
 * words - the small change of the notation: words, quotes, escapes, numbers.
 *
 * Words are separated by spaces.  Inside "..." a space is no separator.  A
 * backslash escapes one byte: \\ \" \n \r \t \xHH.  Shared by notation and by
 * the transcript language, so that a byte is written in one way everywhere.
 *
 * Each function that fails appends the reason to *why, without file and line.
 * Pure and thread-safe.
 */

#include "base/text.h"

/* text_append() that explains a failure. */
bool words_append(struct text *out, struct slice bytes, struct text *why)
    __attribute__((warn_unused_result));

/*
 * Appends `s` with its escapes undone.  `quotes`: bare quotes are notation and
 * left out; else they stand for themselves.  On failure *out holds a part.
 */
bool words_unescape(struct text *out, struct slice s, bool quotes, struct text *why)
    __attribute__((warn_unused_result));

/* Where `stop` first stands outside quotes and escapes, or s.len. */
size_t words_end(struct slice s, char stop, bool *ret_open);

/*
 * Takes the next word off *rest, as written, with its quotes and escapes; empty
 * at the end of the line.  False: a quote is not closed.
 */
bool words_next(struct slice *rest, struct slice *ret, struct text *why)
    __attribute__((warn_unused_result));

/* True when no further word follows. */
bool words_done(struct slice rest, struct text *why) __attribute__((warn_unused_result));

/* A whole word as a number: decimal, or hexadecimal with 0x; 0 to max. */
bool words_number(struct slice word, unsigned long max, unsigned long *ret,
    struct text *why) __attribute__((warn_unused_result));

#endif
