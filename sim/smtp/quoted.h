/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_QUOTED_H
#define SIM_QUOTED_H

/*
 * quoted - a command line as an MTA cuts it that keeps together what stands in
 * quotes and in brackets, and ends a word behind FROM: and TO: too.  Pure.
 */

#include <stdbool.h>

#include "base/text.h"

struct quoted {
	struct slice text; /* as typed; never empty */
	bool open;         /* a quote or a bracket in it is not closed */
};

/* Takes the next one off *rest; false: there is none. */
bool quoted_next(struct slice *rest, struct quoted *ret);

/* Appends all of them, a blank between two. */
void quoted_join(struct slice s, struct text *out);

#endif
