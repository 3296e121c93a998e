/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MILTER_SIGS_LEARN_OPTIONS_H
#define MILTER_SIGS_LEARN_OPTIONS_H

/* learn_options - the command line of `milter-sigs learn`. */

#include "milter-sigs/subcommand.h"

enum { PER_NAME_MAX = 100 };

struct learn_options {
	struct corpus infected, clean; /* borrow from argv */
	const char *name;
	long per_name, share;
	bool cluster, quiet;
};

/* SIGS_GOOD, or an exit code after words on the standard error. */
int learn_options_read(
    int argc, char **argv, const struct report *report, struct learn_options *ret);

#endif
