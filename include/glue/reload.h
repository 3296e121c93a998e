/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GLUE_RELOAD_H
#define GLUE_RELOAD_H

/*
 * reload - how settings and rules come into force, the first and each next time.
 *
 * If anything is wrong with the fresh ones, the old ones stay.  Not
 * thread-safe: for the main thread.  Messages take the rules from the holder.
 */

#include <time.h>

#include "glue/counters.h"
#include "glue/settings.h"
#include "glue/snapshot.h"

struct reload {
	const struct program *program;
	const struct args *args;
	struct snapshot_holder *holder;
	struct counters *counters;
	struct settings *started; /* whose common keys hold until the next start */
	struct settings *last;    /* those in force */
	time_t loaded;            /* when the rules in force were */
};

/* Puts the first rules in force; *r takes the settings over.  False: *why. */
bool reload_first(struct reload *r, struct settings *s, struct text *why);

/* Says that they are, and where clients connect. */
void reload_announce_first(const struct reload *r, const char *where);

/* Reads all anew, and logs what came of it. */
void reload_again(struct reload *r);

#endif
