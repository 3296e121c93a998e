/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_MAILBOX_SCAN_H
#define SIM_MAILBOX_SCAN_H

/* mailbox_scan - an address without what does not count.  Private to smtp/. */

#include "base/text.h"
#include "sim/profile/say.h"

/* Without comments, and a dot for blanks that part words.  What is not balanced, or
 * N_SAY. */
enum say mailbox_scan(struct slice path, struct text *out);

/* The path with what opens closed, and nothing closed that nothing opened; how often
 * that was needed, and what would be said of the last time. */
unsigned mailbox_mend(struct slice path, struct text *out, enum say *ret_last);

/* Blanks and comments, and nothing else. */
bool mailbox_empty(struct slice path);

#endif
