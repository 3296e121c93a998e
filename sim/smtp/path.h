/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PATH_H
#define SIM_PATH_H

/* path - what may be wrong with the address in a path.  Pure. */

#include <stdbool.h>

#include "base/slice.h"

/* Has it a word over 256 bytes, whatever parts words in an address? */
bool path_long_word(struct slice path);
/* Where the first of them ends; 0: there is none. */
size_t path_long_end(struct slice path);

/*
 * Is its domain, if it has an @, a host name (RFC 1123 2.1: letters, digits, hyphens;
 * 63 bytes a label, and not digits alone) or the literal of an IP address?
 */
bool path_domain_known(struct slice path);

/* ... of the domain alone. */
bool path_domain_good(struct slice domain);

/* Has its domain a byte that is not ASCII? */
bool path_domain_wide(struct slice path);

/* ... of the domain alone. */
bool path_wide(struct slice domain);

#endif
