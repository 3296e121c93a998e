/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_ADDRESSES_H
#define SIM_ADDRESSES_H

/* addresses - the addresses of a header field (RFC 5322 3.4), as MTAs complete them. */

#include "base/text.h"

/*
 * Appends `value` to *out, every address that has no domain with "@host" behind
 * it; comments, display names and quoted strings stay.  False: nothing was to
 * be completed, or *out is full.  Pure.
 */
bool addresses_complete(struct slice value, struct slice host, struct text *out);

#endif
