/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_VALUE_H
#define BASE_VALUE_H

/*
 * value - configuration values as people write them, to numbers and back.
 *
 * Each reader takes the whole slice or fails; on false *ret is untouched.
 * No reader accepts a sign, blanks inside, or a number beyond LLONG_MAX.
 * Pure and thread-safe.
 */

#include "base/text.h"

bool value_number(struct slice s, long long *ret);  /* 42 */
bool value_bytes(struct slice s, long long *ret);   /* 42, 25k, 2M, 1G: powers of 1024 */
bool value_seconds(struct slice s, long long *ret); /* 90, 90s, 15m, 2h, 7d */
bool value_octal(struct slice s, long long *ret);   /* 0660 */
bool value_bool(struct slice s, bool *ret); /* yes no true false on off, any case */

/* The shortest form that the reader of that kind takes back: "25k", "15m". */
void value_print_bytes(struct text *t, long long n);
void value_print_seconds(struct text *t, long long n);

#endif
