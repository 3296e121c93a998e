/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MILTER_SIGS_SUBCOMMAND_H
#define MILTER_SIGS_SUBCOMMAND_H

/*
 * subcommand - what milter-sigs can do, and what it says about it.
 *
 * Exit codes as of grep: 0 good, 1 there is something to find fault with or
 * nothing was found, 2 wrong usage, or something could not be read.
 */

#include "base/report.h"
#include "store/corpus.h"

enum { SIGS_GOOD, SIGS_FAULTS, SIGS_TROUBLE };

int learn_command(int argc, char **argv);
int check_command(int argc, char **argv);
int test_command(int argc, char **argv);

struct signatures;

/* Counts in ret_hits[i] the messages that signature i stands in; false: no memory. */
bool sigs_count_hits(
    const struct signatures *s, const struct corpus *mail, unsigned long *ret_hits);

/* "milter-sigs: ..." on the standard error; SIGS_TROUBLE. */
int sigs_misuse(const char *what, const char *about);

/* Says on the standard error what a corpus cannot read; counts it in *self. */
struct report sigs_report(unsigned long *troubles);

/*
 * The arguments from argv[*at] on up to the next that begins with "--", as a
 * corpus; *at is moved behind them.
 */
struct corpus sigs_paths(int argc, char **argv, int *at, const struct report *report);

#endif
