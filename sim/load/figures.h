/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_LOAD_FIGURES_H
#define SIM_LOAD_FIGURES_H

/*
 * figures - what a milter says of itself in its metrics-file, and whether that is
 * what a load saw of it: equal, to the message.
 *
 * The file is the text format of Prometheus, 0.0.4; of it only our own totals are
 * read, and everything else is passed over.  It is read as hostile.  Pure.
 */

#include "base/text.h"
#include "sim/load/accounts.h"

/* id, as it is called when it differs */
#define FIGURES(X)                                                                       \
	X(SESSIONS, "connections negotiated")                                            \
	X(MESSAGES, "messages begun")                                                    \
	X(RECIPIENTS, "recipients refused or put off")                                   \
	X(REFUSED, "messages refused")                                                   \
	X(DEFERRED, "messages put off")

#define FIGURE_ENUM(id, name) FIGURE_##id,
enum figure { FIGURES(FIGURE_ENUM) N_FIGURES };
#undef FIGURE_ENUM

struct figures {
	uint64_t n[N_FIGURES];
};

/* False: *why says "line N: what is wrong". */
bool figures_read(struct slice file, struct figures *ret, struct text *why);

/* What a load with these accounts, over so many connections, must have made of them. */
struct figures figures_of(const struct accounts *a, uint64_t connections);

enum figures_match {
	FIGURES_EQUAL,
	FIGURES_BEHIND, /* some are less: the file may be older than the end */
	FIGURES_WRONG,  /* one is more, or less than it was: that will not mend */
};

/*
 * Whether from `before` to `after` exactly `want` has come.  Appends one line for
 * each figure that differs to *lines, which may be NULL.
 */
enum figures_match figures_compare(const struct figures *before,
    const struct figures *after, const struct figures *want, struct text *lines);

#endif
