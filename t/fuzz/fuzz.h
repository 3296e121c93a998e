/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef T_FUZZ_FUZZ_H
#define T_FUZZ_FUZZ_H

/*
 * fuzz - one function per parser, driven in two ways.
 *
 * A target includes this header and defines LLVMFuzzerTestOneInput().  Under
 * `make fuzz` libFuzzer calls it with inputs that it invents; under `make
 * check` the main() of t/fuzz/replay.c calls it with each seed of
 * fixtures/fuzz/NAME/ and with the same few thousand variations of the seeds
 * every time.  t/fuzz/README.md says how to add a target.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/slice.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold for every input; both drivers stop at an abort(). */
#define FUZZ_ASSERT(what)                                                                \
	do {                                                                             \
		if (!(what)) {                                                           \
			fprintf(                                                         \
			    stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #what); \
			abort();                                                         \
		}                                                                        \
	} while (0)

static inline struct slice
fuzz_slice(const uint8_t *data, size_t size)
{
	return (struct slice){ (const char *)data, size };
}

/* The first byte of the input, to choose options by; 0 when there is none. */
static inline uint8_t
fuzz_take_byte(struct slice *in)
{
	if (in->len == 0)
		return 0;
	uint8_t byte = (uint8_t)in->ptr[0];
	*in = slice_from(*in, 1);
	return byte;
}

#endif
