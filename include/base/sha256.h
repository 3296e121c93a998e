/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

/*
 * sha256 - the digest of FIPS 180-4, fed in pieces of any size.
 *
 * It proves that a stored message is still the one that was stored; it
 * guards no secret, so timing does not matter.  Why our own: see
 * docs/decisions/.  Cannot fail, allocates nothing; one struct, one thread.
 */

#include <stdint.h>

#include "base/slice.h"

enum { SHA256_BYTES = 32, SHA256_HEX = 64 };

struct sha256 {
	uint32_t state[8];
	uint64_t length; /* bytes fed so far */
	unsigned char block[64];
};

void sha256_init(struct sha256 *h);
void sha256_update(struct sha256 *h, struct slice bytes);

/* Lower-case digits and a NUL; `h` must be initialised again before more use. */
void sha256_hex(struct sha256 *h, char ret[SHA256_HEX + 1]);

#endif
