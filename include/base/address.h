/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

/*
 * address - envelope addresses as MAIL and RCPT carry them (RFC 5321 4.1.2).
 *
 * What a client typed arrives raw: in angle brackets or not, with a source
 * route, a quoted local part, ESMTP parameters glued on (sendmail 8.17.1 with
 * EAI), or nonsense.  These functions never fail on nonsense: they say what
 * the parts are and whether the whole was well formed.  All results borrow
 * from the input.  Pure and thread-safe.
 */

#include "base/slice.h"

struct address {
	struct slice whole;  /* without brackets and source route; empty for <> */
	struct slice local;  /* left of the last @ outside quotes, quotes kept */
	struct slice domain; /* right of it; empty when there is none */
	bool null;           /* the null reverse-path <> */
	bool well_formed;    /* brackets match, nothing behind them, local not empty */
};

struct address address_parse(struct slice raw);

/*
 * The local part without its detail: up to the first of the `delimiters`
 * ("+", "+-", or "" for none) that is not its first byte.  RFC 5233 calls
 * the parts user and detail.
 */
struct slice address_user(struct slice local, const char *delimiters);

#endif
