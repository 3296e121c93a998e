/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GLUE_METRICS_H
#define GLUE_METRICS_H

/*
 * metrics - the counters as a file that node_exporter's textfile collector reads.
 *
 * Written whole under another name in the same folder and renamed, so a reader
 * sees the old file or the new one.  That it cannot be written costs no mail: a
 * line when it begins, a line when it is over.  Not thread-safe: for the main
 * thread, which waits for the file system.
 */

#include "glue/reload.h"

struct common_options;

struct metrics {
	const char *path; /* "": there is no file */
	long long interval_ms, due_ms;
	const struct reload *source; /* whose counters and rules are told */
	int trouble;                 /* errno of the last try */
};

/* Borrows all three, the path too. */
void metrics_init(
    struct metrics *m, const struct common_options *o, const struct reload *source);

/* Writes the file now; the next one is due an interval later. */
void metrics_write(struct metrics *m);

/* Writes the file if it is due. */
void metrics_tick(struct metrics *m);

/* For measure() of a rulebook: how many rules of each kind are in force. */
struct metrics_rules {
	const char *kind; /* "signatures" */
	unsigned long long count;
};
void metrics_count_rules(
    struct text *to, const char *filter, const struct metrics_rules *rules, size_t kinds);

/* Everything there is to say, as it stands in the file. */
void metrics_collect(const struct reload *source, struct text *to);

#endif
