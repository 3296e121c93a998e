/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef T_BENCH_ENGINES_H
#define T_BENCH_ENGINES_H

/*
 * engines - ways to look for signatures in a body, behind one shape.
 *
 * Each gets a body in the pieces that a milter gets (65,535 bytes) and says
 * whether a signature stands in it.  strstr and memmem look at each piece by
 * itself, as the milter of 2003 did, so they miss what spans two.
 */

#include <stdbool.h>

#include "base/slice.h"

enum { PIECE = 65535 };

struct engine {
	const char *name;
	void *(*build)(const struct slice *patterns, size_t count); /* NULL: cannot */
	bool (*scan)(void *self, char *body, size_t len);
	void (*drop)(void *self);
	size_t (*state_bytes)(const void *self); /* of a message; NULL: none */
	bool reads_only; /* finds nothing: a limit, not an engine */
};

extern const struct engine engine_ours, engine_strstr, engine_read, engine_hyperscan;

const char *engine_hyperscan_version(void);

#endif
