/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

/*
 * utf8 - letters beyond ASCII, as SMTPUTF8 brings them (RFC 6531).  Pure.
 */

#include <stdint.h>

#include "base/slice.h"

/*
 * How many bytes the character at the start of `s` has (1 to 4), its number in
 * *ret; 0 for what RFC 3629 does not allow there: a stray or missing byte, a
 * longer form than needed, a surrogate, a number beyond U+10FFFF.
 */
size_t utf8_next(struct slice s, uint32_t *ret);

/* All of it is characters, as RFC 3629 has them; nothing is, too. */
bool utf8_valid(struct slice s);

/*
 * May be shown to a person as it is: no control, no mark that turns the
 * direction of what follows, no line or paragraph separator, no number that
 * Unicode keeps from being a character.
 */
bool utf8_is_printable(uint32_t c);

/*
 * Lower case, for the alphabets whose letters have two cases of equal length
 * in UTF-8: Latin, Greek, Cyrillic, Armenian; anything else is returned as it
 * is.  ASCII too.
 */
uint32_t utf8_lower(uint32_t c);

/* Writes c, 1 to 4 bytes, and returns how many. */
size_t utf8_put(char *to, uint32_t c);

#endif
