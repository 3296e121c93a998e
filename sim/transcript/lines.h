/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_LINES_H
#define SIM_LINES_H

/*
 * lines - what happened on the wires, in the language of transcripts.
 *
 * C: and S: lines, M> and M< packets, with a number in front for the second
 * and later connections and behind the M for the second and later milters.
 * Each function appends whole lines, with LF.
 */

#include "base/text.h"
#include "wire/protocol.h"

/*
 * SMTP text.  Bytes that are not whole lines of text ending in CRLF are shown
 * as C= or S= with escapes.
 */
void lines_smtp(struct text *out, long conn, bool from_client, struct slice bytes);

/*
 * One packet; `milter` counts from 1.  What cannot be decoded is a comment that says
 * why, and a raw line with its bytes.
 */
void lines_packet(struct text *out, long conn, int milter, enum direction to, char letter,
    struct slice payload);

/* Bytes outside a frame. */
void lines_raw(
    struct text *out, long conn, int milter, enum direction to, struct slice bytes);

#endif
