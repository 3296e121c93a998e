/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_VIRUS_SHAPE_H
#define POLICY_VIRUS_SHAPE_H

/*
 * shape - how wide the grams of a list of signatures are, and how far apart the
 * looks.
 *
 * The longest stride that the shortest signature allows is the fastest on clean
 * mail, unless the signatures have much in common: then the long rows of grams
 * that it needs reach into what they share, each such gram stands for many of
 * them, and a body made of it is slow.  A shorter stride needs shorter rows,
 * and those can keep to what is each signature's own.
 *
 * Pure; the result depends on the signatures alone.
 */

#include "policy/virus/anchor.h"

/* The longest stride for signatures of `shortest` bytes, 8 or more. */
struct gram_shape shape_longest(size_t shortest);

/* The next shorter one; the same when there is none. */
struct gram_shape shape_shorter(struct gram_shape shape);

/*
 * The shape for these patterns, each of 8 bytes or more; false when memory is
 * out.  Looks at some thousands of them, evenly spread.
 */
bool shape_choose(const struct slice *patterns, size_t count, struct gram_shape *ret);

#endif
