/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MILTER_SIGS_PROGRESS_H
#define MILTER_SIGS_PROGRESS_H

/*
 * progress - one line on a terminal that says how far a long pass has come.
 *
 * Nothing is written when the standard error is no terminal.
 */

#include <stdbool.h>

struct progress {
	const char *what; /* "reading", "counting"... */
	unsigned long done, total;
	unsigned long long bytes;
	long long begun, shown; /* monotonic_ms() */
	bool wanted;
};

void progress_begin(
    struct progress *p, const char *what, unsigned long total, bool quiet);
void progress_step(struct progress *p, unsigned long long bytes); /* one message more */
void progress_end(struct progress *p);                            /* wipes the line */

#endif
