/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_RECORD_REDACT_H
#define SIM_RECORD_REDACT_H

/*
 * redact - a packet whose addresses, words and bodies nobody can read.
 *
 * Letters become x, digits 0, bytes beyond ASCII x; everything else stays, so that
 * lengths, lines, brackets and the places of dots are those of the mail.  Names of
 * macros and of header fields, reply codes and what was negotiated stay.  Bytes
 * that are no packet are masked whole.  Pure.
 */

#include "sim/transcript/event.h"

/*
 * Appends the payload or the raw bytes of *e, masked, to *out, which must have room
 * for as many.  False: no memory.
 */
bool redact_event(const struct event *e, struct text *out);

#endif
