/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_SMTP_BDAT_H
#define SIM_SMTP_BDAT_H

/* smtp_bdat - the text in pieces whose length is told (RFC 3030).  Private to smtp.c. */

#include "sim/smtp/smtp.h"

enum smtp_ask smtp_on_bdat(struct smtp *s, struct slice argument);

/* What is wrong with a command that no piece may come before is said; false: nothing. */
bool smtp_after_chunk(struct smtp *s, struct slice word);

/* The piece that a BDAT spoke of: it is taken, or read and thrown away; what `out` has
 * from `said` on is its answer. */
void smtp_begin_chunk(struct smtp *s);
void smtp_skip_chunk(struct smtp *s, size_t said);

/* The message of all pieces was taken. */
void smtp_say_chunks(struct smtp *s);

/* What is there of it. */
void smtp_next_chunk(struct smtp *s);

#endif
