/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef T_BENCH_CORPUS_H
#define T_BENCH_CORPUS_H

/*
 * corpus - bodies as mail has them, made anew and always the same.
 *
 * Sizes are spread evenly over the powers of two from 1 KiB to 1 MiB.  Of ten
 * bodies six are base64 of a program (with its rows of zeros), two are plain
 * text, two are HTML in quoted-printable.  Lines end in CRLF.
 */

#include <stdint.h>

#include "base/slice.h"

struct random {
	uint64_t state;
};

uint32_t random_below(struct random *r, uint32_t n);
void random_base64(struct random *r, char *to, size_t n);

struct corpus {
	char *bytes; /* one byte more than there are: an engine may end a string */
	size_t size;
	struct slice *body;
	size_t count;
};

/* About `size` bytes; ends the program when memory is out. */
struct corpus corpus_new(size_t size, uint64_t seed);

/* Bodies of 64 KiB, of lines that `line` writes (up to 64 KiB, n from 0). */
struct corpus corpus_of_lines(
    size_t size, size_t (*line)(void *self, size_t n, char *to), void *self);
void corpus_free(struct corpus *c);

/* Puts `what` into body n somewhere in its middle, if the body is long enough. */
void corpus_plant(struct corpus *c, size_t n, struct slice what);

#endif
