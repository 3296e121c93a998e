/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_CHECK_MTA_H
#define SIM_CHECK_MTA_H

#include "wire/rules.h"

/*
 * mta - what an MTA lets pass of what the protocol forbids.
 *
 * `strict` lets nothing pass.  A milter that is to serve one MTA alone may be
 * held against that MTA: rules that it does not enforce, and whose breach does
 * no harm with it, are then no failure.  Measured; docs/PROTOCOL.md has the tables.
 */

/* Is there a profile of that name? */
bool mta_known(const char *profile);

/* All names, blank-separated. */
const char *mta_names(void);

struct wire_rule_set mta_allows(const char *profile);

#endif
