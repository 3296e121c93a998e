/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/sha256.h"

/* The names a to h, K and the sigmas are those of FIPS 180-4 section 4. */

/* clang-format off */
static const uint32_t K[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};
/* clang-format on */

static uint32_t
rotate_right(uint32_t x, unsigned n)
{
	return x >> n | x << (32 - n);
}

static void
expand(uint32_t w[64], const unsigned char *block)
{
	for (size_t t = 0; t < 16; t++)
		w[t] = (uint32_t)block[4 * t] << 24 | (uint32_t)block[4 * t + 1] << 16 |
		       (uint32_t)block[4 * t + 2] << 8 | block[4 * t + 3];
	for (size_t t = 16; t < 64; t++) {
		uint32_t a = w[t - 15], b = w[t - 2];
		uint32_t s0 = rotate_right(a, 7) ^ rotate_right(a, 18) ^ a >> 3;
		uint32_t s1 = rotate_right(b, 17) ^ rotate_right(b, 19) ^ b >> 10;
		w[t] = w[t - 16] + s0 + w[t - 7] + s1;
	}
}

static void
compress(uint32_t state[8], const unsigned char *block)
{
	uint32_t w[64], a = state[0], b = state[1], c = state[2], d = state[3],
			e = state[4], f = state[5], g = state[6], h = state[7];

	expand(w, block);
	for (size_t t = 0; t < 64; t++) {
		uint32_t s1 =
		    rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25);
		uint32_t t1 = h + s1 + ((e & f) ^ (~e & g)) + K[t] + w[t];
		uint32_t s0 =
		    rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22);
		uint32_t t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
		h = g, g = f, f = e, e = d + t1;
		d = c, c = b, b = a, a = t1 + t2;
	}
	state[0] += a, state[1] += b, state[2] += c, state[3] += d;
	state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

void
sha256_init(struct sha256 *h)
{
	*h = (struct sha256){ .state = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
				  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 } };
}

void
sha256_update(struct sha256 *h, struct slice bytes)
{
	size_t held = h->length % 64;

	h->length += bytes.len;
	if (held > 0) {
		struct slice head = slice_first(bytes, 64 - held);
		if (head.len > 0)
			memcpy(h->block + held, head.ptr, head.len);
		if (held + head.len < 64)
			return;
		compress(h->state, h->block);
		bytes = slice_from(bytes, head.len);
	}
	for (; bytes.len >= 64; bytes = slice_from(bytes, 64))
		compress(h->state, (const unsigned char *)bytes.ptr);
	if (bytes.len > 0)
		memcpy(h->block, bytes.ptr, bytes.len);
}

/* A one bit, zeros, and the length in bits fill up the last block. */
static void
finish(struct sha256 *h)
{
	uint64_t bits = h->length * 8;
	char pad[72] = { (char)0x80 };
	size_t zeros = (119 - h->length % 64) % 64;

	for (size_t i = 0; i < 8; i++)
		pad[1 + zeros + i] = (char)(bits >> (56 - 8 * i));
	sha256_update(h, (struct slice){ pad, 1 + zeros + 8 });
}

void
sha256_hex(struct sha256 *h, char ret[SHA256_HEX + 1])
{
	static const char digit[] = "0123456789abcdef";

	finish(h);
	for (size_t i = 0; i < SHA256_HEX; i++)
		ret[i] = digit[h->state[i / 8] >> (28 - 4 * (i % 8)) & 15];
	ret[SHA256_HEX] = '\0';
}
