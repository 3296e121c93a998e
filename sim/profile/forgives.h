/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PROFILE_FORGIVES_H
#define SIM_PROFILE_FORGIVES_H

/*
 * forgives - which rules of the protocol a milter may break without harm to this MTA.
 *
 * Not a list of its own but what the habits come to: an MTA that takes a status code
 * of another class forgives `reply/enhanced`.  Pure.
 */

#include "sim/profile/profile.h"
#include "wire/rules.h"

/* None of them where the profile is what is safe with every MTA. */
struct wire_rule_set profile_forgives(const struct profile *p);

#endif
