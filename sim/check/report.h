/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_CHECK_REPORT_H
#define SIM_CHECK_REPORT_H

/*
 * report - what a run found, and the ways to write it down.
 *
 * A report is complete in itself: each result has the case's head in words of its
 * own, so that one read back from JSON is worth as much as one just made.
 * Results stand in the order of their ids, whatever the order in which they came:
 * the same milter, cases and seed give the same report.
 */

#include <stdio.h>

#include "sim/check/head.h"
#include "sim/check/wire_log.h"

struct check_result {
	struct check_head head; /* owned */
	enum check_level level; /* under the run's profile */
	enum check_outcome outcome;
	char *why;    /* a failure: who did what; else why it was not run or reached */
	char *where;  /* "rep/3.2.mta:12" */
	char *broken; /* rule of the checker that was broken, its sentence, source */
	char *expected, *got, *diff, *variant;
	char *words;           /* what the milter wrote last */
	char *repeat;          /* a command that plays just this case */
	struct wire_log *wire; /* NULL: not kept */
};

void check_result_clear(struct check_result *r);

struct check_report {
	char *milter; /* its name: --name, else the command or address */
	char *profile;
	char *version; /* of milter-sim */
	unsigned long long seed;
	bool strict, interrupted;
	struct check_tally tally;
	struct check_result *result;
	size_t results, room;
};

/* Takes over what *r owns.  False: memory is out, and *r is cleared. */
bool check_report_add(struct check_report *t, struct check_result *r);
void check_report_sort(struct check_report *t);
void check_report_clear(struct check_report *t);

/* The distinct rules among results that came to their point. */
size_t check_report_rules(const struct check_report *t);

/* Writers.  False: could not be written, errno. */
bool report_tap(const struct check_report *t, FILE *to);
bool report_junit(const struct check_report *t, FILE *to);
bool report_json(const struct check_report *t, FILE *to);
/* One page with a column for each of the n reports. */
bool report_html(const struct check_report *t, size_t n, FILE *to);
bool report_markdown(const struct check_report *t, size_t n, FILE *to);

/* Reads what report_json() wrote.  False: *why says file, place and fault. */
bool report_read(const char *file, struct check_report *t, struct text *why);

/* One failure for a person, whole. */
void report_failure(const struct check_result *r, struct text *out);

/* What stands for c in HTML and in XML: "&lt;"; NULL: it stands for itself. */
const char *report_entity(char c);

/* The id in the file system's words, for links: "rep-3.2". */
void report_anchor(const struct check_head *h, size_t column, struct text *out);

/* Families in their order: the next result of another one, or t->results. */
size_t report_next_family(const struct check_report *t, size_t at);

#endif
