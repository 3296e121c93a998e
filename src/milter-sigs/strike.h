/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MILTER_SIGS_STRIKE_H
#define MILTER_SIGS_STRIKE_H

/*
 * strike - sets aside learned lines that stand in clean mail, anywhere in a
 * body, by the scanner that virus-milter itself uses.
 */

#include "milter-sigs/learn.h"
#include "store/corpus.h"

enum { STRIKE_MOST = 1024 }; /* lines looked at: the best of those learned */

/* False: no memory, or the corpus could not be read to its end. */
bool strike_clean(struct learned *line, size_t count, const struct corpus *clean,
    bool quiet, unsigned long *ret_messages);

#endif
