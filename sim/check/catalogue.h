/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_CHECK_CATALOGUE_H
#define SIM_CHECK_CATALOGUE_H

/*
 * catalogue - all cases of a folder, and which of them are asked for.
 *
 * A case is a file NAME.mta, in the folder or below it; other files are for
 * include: lines.  `include: @message` stands for the message of --message.
 */

#include "sim/check/head.h"
#include "sim/transcript/transcript.h"

enum { CATALOGUE_MAX = 5000 };

struct check_case {
	struct check_head head;
	struct transcript transcript;
	char *file;
};

struct catalogue {
	struct check_case **item; /* in the order of their ids */
	size_t cases, room;
	char *message; /* what @message includes, as lines of a transcript */
};

/*
 * Reads a folder, or one file.  False: *why has a line for each file that is
 * wrong, "file:line: what".  `message` may be NULL: a small one.
 * catalogue_clear() in every case.
 */
bool catalogue_read(
    struct catalogue *c, const char *dir, const char *message, struct text *why);
void catalogue_clear(struct catalogue *c);

/* By id; NULL when there is none. */
const struct check_case *catalogue_find(const struct catalogue *c, const char *id);

enum { SELECT_MAX = 200 };

/*
 * Globs over ids and families, as in the shell: `rep`, `rep/3*`.  Families below
 * `policy` hold only when they are asked for.
 */
struct selection {
	const char *only[SELECT_MAX], *skip[SELECT_MAX];
	size_t onlys, skips;
	enum check_level level; /* the lowest wanted; CHECK_INFO: all */
};

bool selection_has(
    const struct selection *s, const struct check_head *h, enum check_level level);

#endif
