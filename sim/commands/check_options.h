/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_COMMANDS_CHECK_OPTIONS_H
#define SIM_COMMANDS_CHECK_OPTIONS_H

/* check_options - the command line of `milter-sim check`, and of `try` in part. */

#include "sim/check/catalogue.h"
#include "sim/check/engine.h"
#include "sim/check/params.h"

enum { REPORTS_MAX = 8 };

enum report_format { REPORT_TAP, REPORT_JUNIT, REPORT_JSON, REPORT_HTML, N_REPORTS };

struct report_wish {
	enum report_format format;
	const char *file; /* NULL: stdout */
};

enum check_task { CHECK_RUN, CHECK_LIST, CHECK_EXPLAIN, CHECK_DRY_RUN };

struct check_options {
	enum check_task task;
	const char *explain; /* an id */
	const char *milter;  /* --milter; NULL: spawn */
	struct socket_address address;
	struct process_config process;
	const struct profile *profile;
	const char *name, *cases, *baseline, *new_baseline, *message;
	struct selection selection;
	struct params params;
	struct report_wish report[REPORTS_MAX];
	size_t reports;
	bool strict, hostile;
	unsigned long long seed;
	unsigned jobs, answer_ms;
	struct text repeat; /* this command without what selects and reports */
};

/* What --help prints. */
extern const char check_help[];

enum options_end { OPTIONS_OK, OPTIONS_HELP, OPTIONS_WRONG };

/*
 * Reads argv.  OPTIONS_HELP: help was printed.  OPTIONS_WRONG: stderr says what
 * to do.  check_options_clear() in every case.
 */
enum options_end check_options_read(struct check_options *o, int argc, char **argv);
void check_options_clear(struct check_options *o);

#endif
