/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GLUE_PROGRAM_H
#define GLUE_PROGRAM_H

/*
 * program - how a milter describes itself to glue.
 *
 * Two things that change for different reasons: the rulebook is what a policy
 * brings, the program is the process that runs it.
 */

#include "base/config.h"
#include "base/report.h"
#include "base/text.h"
#include "policy/policy.h"

struct rulebook {
	const struct policy *policy;

	/*
	 * Own keys, beside the common ones, and the size of the struct that
	 * they fill: its first member must be a struct common_options.
	 */
	struct config_table options;
	size_t options_size;

	/*
	 * Puts in what the site left open and other keys decide, after each reading
	 * of the options: so -t prints what is in force.  False: no memory.  May be
	 * NULL.
	 */
	bool (*complete)(void *options);

	/*
	 * Makes the immutable rules from the options: at start, and at every
	 * reload (from options read anew).  The options outlive the rules.  Called in the
	 * process and thread environment of the service (after fork and privilege drop),
	 * by one thread at a time.  `report` may be kept: it outlives the rules. False:
	 * *why says "file:line: what, what to do"; at start the program then exits 78, at
	 * a reload the old rules stay.
	 */
	bool (*load)(const void *options, const struct report *report, void **ret_rules,
	    struct text *why);

	/*
	 * Rules that load() made come into force: threads of their own begin here.
	 * drop() ends them.  May be NULL.
	 */
	void (*start)(void *rules);

	/*
	 * For -t, when load() would disturb a daemon that serves (a lock, a
	 * clean-up): the same checks, touching nothing.  NULL: -t calls load().
	 */
	bool (*check)(const void *options, struct text *why);

	/* Frees rules that no message uses any more; takes NULL. */
	void (*drop)(void *rules);

	/*
	 * Appends figures of the policy's own (base/metrics.h), with a label
	 * filter="..." each; may be NULL.  By the main thread.
	 */
	void (*measure)(const void *rules, struct text *to);

	/* Appends a line about fresh rules ("23 signatures"); may be NULL. */
	void (*announce)(const void *rules, struct text *line);
};

struct program {
	const char *name;    /* "virus-milter": ident in the log, name in --help */
	const char *summary; /* one line for --help */
	const struct rulebook *rulebook;

	/*
	 * A second, program-own use of the command line ("--export"): called
	 * before anything else with argc and argv; returns an exit code, or -1
	 * to go on as a daemon.  May be NULL.
	 */
	int (*command)(int argc, char **argv);

	/* More lines for --help, or NULL. */
	const char *help;
};

#endif
