/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_IDNA_H
#define BASE_IDNA_H

/*
 * idna - a domain name as the DNS has it: "bücher.example" is
 * "xn--bcher-kva.example" (RFC 5890 calls it the A-label, RFC 5891 and UTS 46
 * say how to get there).  Wide letters and the ideographic full stop become
 * ASCII on the way, as in a browser.
 *
 * Pure and thread-safe.  A build without libidn2 has idna_supported() false
 * and takes ASCII only.
 */

#include "base/slice.h"

enum { IDNA_MAX = 255 }; /* RFC 5321 4.5.3.1.2 */

bool idna_supported(void);

/*
 * Writes the ASCII form in lower case to `ret`, up to IDNA_MAX bytes and no
 * NUL, and its length to *ret_len.  False, and nothing written: not UTF-8, not
 * a name that may be registered, too long, or no libidn2.
 */
bool idna_to_ascii(struct slice domain, char ret[IDNA_MAX], size_t *ret_len);

#endif
