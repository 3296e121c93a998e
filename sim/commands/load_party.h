/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_COMMANDS_LOAD_PARTY_H
#define SIM_COMMANDS_LOAD_PARTY_H

/* load_party - ADDRESS[=VERDICT][,SHARE], as --from and --to of `load` take it. */

#include "base/text.h"
#include "sim/load/party.h"

/*
 * *ret_copy holds the address that *ret points at, and is the caller's to free().
 * False: *why, and nothing to free.
 */
bool load_party_read(
    const char *word, struct load_party *ret, char **ret_copy, struct text *why);

/* "refused"; "exact" is accepted. */
bool load_verdict_read(struct slice word, enum load_verdict *ret, struct text *why);

/* "0.6%", 0 to 1. */
bool load_share_read(struct slice word, double *ret, struct text *why);

#endif
