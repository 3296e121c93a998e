/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GLUE_TALLY_H
#define GLUE_TALLY_H

/*
 * tally - the paper's summary line: messages, and how often each label hit.
 *
 *	Nov 23 15:04: 12345 messages  KLEZ.H=3 SOBIG.B=1
 *
 * Reading the counts takes them away, so that no count is lost or given twice
 * between two lines, however many threads count meanwhile.  Messages are one
 * atomic; labels, which are rare, share a lock.  All calls thread-safe.
 */

#include <time.h>

#include "base/text.h"

enum { TALLY_LABELS_MAX = 1000 }; /* beyond: counted as "other" */

struct tally;

struct tally *tally_new(void);
void tally_free(struct tally *t); /* takes NULL */

void tally_message(struct tally *t);
void tally_label(struct tally *t, struct slice label);

/*
 * Appends the line for the time since the last call, in local time, most
 * frequent label first, and starts again from zero.
 */
void tally_line(struct tally *t, time_t now, struct text *line);

#endif
