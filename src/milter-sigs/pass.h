/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MILTER_SIGS_PASS_H
#define MILTER_SIGS_PASS_H

/*
 * pass - one reading of a corpus, in blocks, with its progress shown.
 *
 * `wants` may leave messages out by their place in the walk (NULL: all come);
 * then `begin`, `piece`... and `end` are called for each.  Any of them may be
 * NULL; a false from `begin` or `piece` ends the reading, a `piece` that
 * returns PASS_NEXT the message.
 */

#include "base/slice.h"
#include "store/corpus.h"

enum pass_step { PASS_ON, PASS_NEXT, PASS_AGAIN, PASS_STOP };

struct pass {
	bool (*wants)(void *self, unsigned long place);
	bool (*begin)(void *self, const char *path);
	/* PASS_AGAIN: the same message from its beginning. */
	enum pass_step (*piece)(void *self, struct slice piece);
	void (*end)(void *self);
	void *self;
	const char *what; /* for the progress bar */
	bool quiet;
};

/* How many messages were read; *ret_stopped tells whether it was ended early. */
unsigned long pass_run(const struct corpus *c, const struct pass *p, bool *ret_stopped);

#endif
