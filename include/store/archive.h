/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_ARCHIVE_H
#define STORE_ARCHIVE_H

/*
 * archive - the logger's archive port on a Maildir.
 *
 * A copy is written to tmp/, its sidecar beside it; both are synced, moved to
 * their final names, and the directories are synced, before commit() says
 * true.  At any fault on that way nothing stays under a final name, the report
 * is told the cause, and the next message is tried afresh.  A small message
 * touches the disk at commit() only, so an aborted one costs nothing.
 *
 * When the directory has been removed and made anew while the daemon runs, the
 * next message finds it.  When it was only renamed, copies go on into the
 * renamed one until a reload.  Thread-safe.
 *
 * The caller must ignore SIGXFSZ, or a file size limit ends the process.
 */

#include "base/report.h"
#include "policy/logger/logger.h"
#include "store/archive_figures.h"

struct archive_options {
	const char *directory;         /* must exist; copied */
	unsigned long long min_free;   /* bytes; below, nothing new is kept */
	const char *consequence;       /* what a fault means for mail, for the report */
	struct archive_totals *totals; /* outlives the archive; NULL: nobody counts */
};

struct archive;

/* NULL: *why says what is wrong and what to do.  `report` may be NULL. */
struct archive *archive_open(
    const struct archive_options *options, const struct report *report, struct text *why);

/* Whether archive_open() would work, without touching anything; for -t. */
bool archive_check(const char *directory, struct text *why);

void archive_close(struct archive *a); /* takes NULL; no copy may be open */

/* Borrows the archive. */
struct logger_archive archive_port(struct archive *a);

/* Appends the totals, and what is free on the disk (base/metrics.h). */
void archive_measure(struct archive *a, struct text *to);

/* How many left-overs of a crash were removed from tmp/ at the start. */
size_t archive_cleaned(const struct archive *a);

#endif
