/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_HEADER_H
#define POLICY_HEADER_H

/*
 * header - a header field as the client sent it, from what a milter is shown.
 *
 * A milter is shown the name, and the value with its folds as LF.  On the wire
 * they are CRLF, a colon stands between the two, and unless SMFIP_HDR_LEADSPC
 * was agreed the MTA has taken one blank off the value (client.blank_taken).
 * Pure and thread-safe.
 */

#include <stdbool.h>

#include "base/slice.h"

/* Takes the pieces of a field, in their order. */
struct header_sink {
	void (*put)(void *self, struct slice piece);
	void *self;
};

/* "NAME: VALUE CRLF" goes to the sink; no piece is empty. */
void header_as_sent(struct slice name, struct slice value, bool blank_taken,
    const struct header_sink *to);

#endif
