/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GLUE_MILTER_H
#define GLUE_MILTER_H

/*
 * milter - the callbacks that libmilter is given.
 */

#include <libmilter/mfapi.h>

#include "policy/policy.h"

/*
 * What to ask the MTA for, so that no packet is sent in vain: events without a
 * member in the policy are not sent, quiet ones want no answer.  `offered` and
 * the result are SMFIP_* bits; nothing is asked that was not offered.
 */
unsigned long milter_steps(const struct policy *f, unsigned long offered);

/* The table for smfi_register(). */
struct smfiDesc milter_callbacks(const struct policy *f);

#endif
