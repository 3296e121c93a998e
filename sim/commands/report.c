/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * milter-sim report - one matrix of the JSON reports of several milters.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/check/report.h"
#include "sim/commands/subcommand.h"

enum { REPORTS = 100 };

static const char usage[] =
    "usage: milter-sim report [OPTION...] FILE.json...\n"
    "\n"
    "One matrix of cases and milters from what milter-sim check --report json=FILE\n"
    "wrote.\n"
    "\n"
    "  --html              a page that needs nothing but itself (unless told otherwise)\n"
    "  --markdown          a table\n"
    "  --output FILE       there, not to standard output\n"
    "  --help\n"
    "\n"
    "Exit: 0 written, 2 usage, or a file that is no report.\n";

static const struct option options[] = {
	{ "html", no_argument, NULL, 'H' },
	{ "markdown", no_argument, NULL, 'm' },
	{ "output", required_argument, NULL, 'o' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static bool
write_to(const char *file, bool markdown, const struct check_report *t, size_t n)
{
	FILE *to = file != NULL ? fopen(file, "we") : stdout;
	bool ok =
	    to != NULL && (markdown ? report_markdown(t, n, to) : report_html(t, n, to));

	if (to != NULL && to != stdout && fclose(to) != 0)
		ok = false;
	if (!ok)
		(void)fprintf(stderr, "milter-sim report: %s: %s\n",
		    file != NULL ? file : "standard output", strerror(errno));
	return ok;
}

static bool
read_all(struct check_report *t, int n, char **names)
{
	struct text why = TEXT_INIT(600);
	bool ok = true;

	for (int i = 0; ok && i < n; i++)
		ok = report_read(names[i], &t[i], &why);
	if (!ok)
		(void)fprintf(stderr, "milter-sim report: %s\n", text_cstr(&why));
	text_clear(&why);
	return ok;
}

static int
matrix(const char *file, bool markdown, int n, char **names)
{
	struct check_report *t = calloc((size_t)n, sizeof *t);
	bool ok =
	    t != NULL && read_all(t, n, names) && write_to(file, markdown, t, (size_t)n);

	for (int i = 0; t != NULL && i < n; i++)
		check_report_clear(&t[i]);
	free(t);
	return ok ? SIM_OK : SIM_USAGE;
}

int
report_main(int argc, char **argv)
{
	const char *file = NULL;
	bool markdown = false;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 'H': markdown = false; break;
		case 'm': markdown = true; break;
		case 'o': file = optarg; break;
		case 'h': (void)fputs(usage, stdout); return SIM_OK;
		default:
			(void)fputs("milter-sim report --help tells more\n", stderr);
			return SIM_USAGE;
		}
	}
	int n = argc - optind;
	if (n < 1 || n > REPORTS) {
		(void)fprintf(stderr,
		    "milter-sim report: one to %d reports are to be named\n"
		    "milter-sim report --help tells more\n",
		    REPORTS);
		return SIM_USAGE;
	}
	return matrix(file, markdown, n, argv + optind);
}
