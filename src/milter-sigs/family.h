/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MILTER_SIGS_FAMILY_H
#define MILTER_SIGS_FAMILY_H

/*
 * family - sorts messages into families by the lines that they share.
 *
 * Of each message the FAMILY_MARKS long lines with the smallest hashes are its
 * marks: two messages with the same attachment have the same ones whatever is
 * wrapped around it.  Messages that share a mark are one family.  Lines shown
 * before as clean are no marks: a letterhead makes no family.
 *
 * Memory: 2 MB, and about 400 bytes for each message.  One thread.
 */

#include <stdint.h>

#include "base/slice.h"

enum { FAMILY_MARKS = 8 };

struct families;

struct families *families_new(void);
void families_free(struct families *f); /* takes NULL */

/* A line of clean mail; all of them before the first message. */
void families_clean_line(struct families *f, struct slice line);

/* Messages are numbered from 0 in the order in which they come; false: no memory. */
bool families_message(struct families *f);
void families_line(struct families *f, struct slice line);

/*
 * After the last message: numbers the families from 0, the largest first.
 * Returns how many there are.
 */
size_t families_finish(struct families *f);

size_t families_size(const struct families *f, size_t family);
size_t families_of(struct families *f, size_t message);

#endif
