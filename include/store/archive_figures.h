/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_ARCHIVE_FIGURES_H
#define STORE_ARCHIVE_FIGURES_H

/*
 * archive_figures - what is counted of copies, and how Prometheus is told.
 *
 * Since the process began; outlives each archive.  Only ever grows.
 */

#include "base/metrics.h"

/* What became of a copy that was begun, or could not be. */
#define COPY_ENDS(X)                                                                     \
	X(KEPT, "kept")                                                                  \
	X(FAILED, "failed")   /* a fault; it was reported */                             \
	X(DROPPED, "dropped") /* not wanted after all: refused, reset, lost */

#define COPY_ENUM(id, name) COPY_##id,
enum copy_end { COPY_ENDS(COPY_ENUM) N_COPY_ENDS };
#undef COPY_ENUM

struct archive_totals {
	atomic_ullong copies[N_COPY_ENDS];
	atomic_ullong bytes; /* of those that were kept */
};

void archive_totals_measure(struct archive_totals *t, struct text *to);

/* What is free for an ordinary user where the copies are. */
void archive_free_measure(unsigned long long bytes, struct text *to);

#endif
