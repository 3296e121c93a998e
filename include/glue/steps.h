/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GLUE_STEPS_H
#define GLUE_STEPS_H

/*
 * steps - the events of a message and their bits in the negotiation
 * (SMFIP_NO*, SMFIP_NR_*).  Pure and thread-safe.
 */

#include "policy/policy.h"

/*
 * What to ask the MTA for, so that no packet is sent in vain: events without a
 * member in the policy, and those in `spared` (ON_* bits), are not sent, quiet
 * ones want no answer.  `offered` and the result are SMFIP_* bits; nothing is
 * asked that was not offered.
 */
unsigned long steps_wanted(
    const struct policy *f, unsigned spared, unsigned long offered);

/* The events that were asked for, as ON_* bits; one left out may come all the same. */
unsigned steps_events(const struct policy *f, unsigned spared);

/* Was it agreed that the event (one ON_* bit) gets no answer? */
bool steps_quiet(unsigned long agreed, unsigned on);

#endif
