/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MILTER_SIGS_LEARN_H
#define MILTER_SIGS_LEARN_H

/*
 * learn - finds the lines that many messages have in common.
 *
 * The postmaster's `sort | uniq -c`, in constant memory: the messages are
 * shown twice, in any order, but the same ones.  The first time each line is
 * counted in a table of LEARN_CELLS cells by its hash, at most once per
 * message; a cell counts the messages with any line that falls into it, so
 * never too few.  The second time only lines whose cell reached the wanted
 * number, and that are worth being a signature, are kept and counted exactly.
 *
 * A line that is in all messages is in the first, so with a share of 100 the
 * first pass may end after one message.
 *
 *	learn_new -> (message, line...)... -> learn_second_pass
 *	          -> the same again        -> learn_finish -> learn_pick
 *
 * One thread.  Memory: LEARN_CELLS * 8 bytes and LEARN_CANDIDATES lines.
 */

#include <stdint.h>

#include "base/slice.h"

enum {
	LEARN_CELLS = 1 << 22,      /* 32 MB; 130 million lines fall 31 into a cell */
	LEARN_CANDIDATES = 1 << 14, /* more common lines than that add nothing */
	LEARN_LINE_MAX = 1000,
};

struct learn;

struct learned {
	struct slice line;    /* lives as long as the learn */
	unsigned long number; /* its place in a message that has it, from 1 */
	unsigned long messages;
	unsigned score; /* worth_score() */
	bool struck;    /* by the caller: seen in clean mail */
};

/* `share`: of how many per cent of the messages a line must be part, 1..100. */
struct learn *learn_new(unsigned share);
void learn_free(struct learn *l); /* takes NULL */

void learn_message(struct learn *l); /* a message begins */
void learn_line(struct learn *l, struct slice line, unsigned long number);

void learn_second_pass(struct learn *l);

/* How many lines are common enough, best first; *ret is valid until learn_free(). */
size_t learn_finish(struct learn *l, struct learned **ret);

unsigned long learn_messages(const struct learn *l);
unsigned long learn_wanted(const struct learn *l); /* messages that a line needs */

/* A line found no memory, so what was found is not all. */
bool learn_no_memory(const struct learn *l);

/* For tests, which want to know that they met the limit: more lines than are kept. */
bool learn_overflowed(const struct learn *l);

/*
 * Picks up to `most` lines that are not struck: the best, but if there is a
 * choice not two from one place, so that a worm that changes a little still
 * has the others.  Returns how many.
 */
size_t learn_pick(
    const struct learned *all, size_t count, const struct learned **ret, size_t most);

/* A fast hash of a line, for tables; equal lines have equal hashes. */
uint64_t learn_hash(struct slice line);

#endif
