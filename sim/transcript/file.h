/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_FILE_H
#define SIM_FILE_H

#include "sim/transcript/transcript.h"

/* file - a transcript and what it includes, from disk. */

/* Appends the file to *ret.  False: *why says "name: reason". */
bool file_read(const char *name, struct text *ret, struct text *why);

/* transcript_read() of a file; call transcript_clear() in every case. */
bool file_transcript(const char *name, struct transcript *t, struct text *why);

#endif
