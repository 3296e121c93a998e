/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "sim/commands/subcommand.h"

static const struct {
	const char *word;
	int (*run)(int argc, char **argv);
	const char *what;
} subcommands[] = {
	{ "serve", serve_main, "an SMTP server that asks milters, as an MTA would" },
	{ "run", run_main, "transcripts, against a server of its own or any other" },
	{ "try", try_main, "a message through a milter, and what comes of it" },
	{ "check", check_main, "a milter against the rules of the protocol" },
	{ "report", report_main, "the reports of several milters as one matrix" },
	{ "load", load_main, "many messages at once, each verdict accounted for" },
	{ "record", record_main,
	    "what passes between an MTA and its milter, as recordings" },
	{ "survey", survey_main,
	    "transcripts, to any MTA, and what it does as recordings" },
	{ "replay", replay_main, "recordings, to a milter that may answer otherwise" },
	{ "compare", compare_main, "where two recordings part" },
	{ "milter", milter_main, "a milter that answers as told and records" },
	{ "decode", decode_main, "milter bytes or a recording as readable lines" },
};

static void
usage(FILE *to)
{
	(void)fputs("usage: milter-sim SUBCOMMAND [OPTION...] [FILE...]\n\n", to);
	for (size_t i = 0; i < sizeof subcommands / sizeof subcommands[0]; i++)
		(void)fprintf(
		    to, "  %-8s %s\n", subcommands[i].word, subcommands[i].what);
	(void)fputs(
	    "\nmilter-sim SUBCOMMAND --help tells more; milter-sim --version.\n", to);
}

int
main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "";

	for (size_t i = 0; i < sizeof subcommands / sizeof subcommands[0]; i++) {
		if (strcmp(word, subcommands[i].word) == 0)
			return subcommands[i].run(argc - 1, argv + 1);
	}
	if (strcmp(word, "--help") == 0) {
		usage(stdout);
		return SIM_OK;
	}
	if (strcmp(word, "--version") == 0) {
		(void)puts("milter-sim (" PACKAGE_NAME ") " PACKAGE_VERSION);
		return SIM_OK;
	}
	if (argc > 1)
		(void)fprintf(stderr, "milter-sim: no subcommand is called '%s'\n", word);
	usage(stderr);
	return SIM_USAGE;
}
