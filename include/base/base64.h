/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

/*
 * base64 - bytes as text and back (RFC 4648 section 4, with padding, in one
 * line).  Pure and thread-safe.
 */

#include "base/text.h"

enum text_status base64_encode(struct slice bytes, struct text *to);

/*
 * Strict: no blanks, no missing padding, no stray bits.  False: *to is as it
 * was, or holds no more than it could (TEXT_FULL, TEXT_NOMEM).
 */
bool base64_decode(struct slice encoded, struct text *to);

#endif
