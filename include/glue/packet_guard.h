/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GLUE_PACKET_GUARD_H
#define GLUE_PACKET_GUARD_H

/*
 * packet_guard - no MACRO packet makes libmilter read beyond its list.
 *
 * smfi_getsymval() walks a list of names and values in steps of two and looks
 * for its end at names alone.  A packet whose last name has no value, "i\0",
 * leads it beyond the end; whoever may connect can end the process so
 * (docs/FINDINGS.md).  So our programs have a function of their own between
 * libmilter's reader of packets and the rest of it.  Any thread may be in it.
 */

#include <stdbool.h>
#include <stddef.h>

/*
 * Takes a name without a value from the list: `list` is what follows the stage
 * letter of a MACRO packet, `len` bytes of it.  Its last NUL is overwritten, so
 * what stands before it is no string any more and libmilter leaves it out.
 */
void packet_mend_macros(char *list, size_t len);

/*
 * Finds libmilter's reader; before its threads start.  False when there is none
 * to be found, as in a libmilter that is linked in: then nothing is guarded.
 */
bool packet_guard_ready(void);

#endif
