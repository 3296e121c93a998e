/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * milter-sigs - makes, checks and tests the signatures of virus-milter.
 */
#include <stdio.h>
#include <string.h>

#include "milter-sigs/subcommand.h"

static const struct {
	const char *word;
	int (*run)(int argc, char **argv);
} subcommand[] = {
	{ "learn", learn_command },
	{ "check", check_command },
	{ "test", test_command },
};

static const char help[] =
    "usage: milter-sigs learn --infected PATH... [--clean PATH...] [OPTION...]\n"
    "       milter-sigs check SIGNATURES [PATH...]\n"
    "       milter-sigs test SIGNATURES [PATH...] [--clean PATH...]\n"
    "\n"
    "makes, checks and tests the signatures of virus-milter; a PATH is a message,\n"
    "a folder of messages or a Maildir\n"
    "\n"
    "  --infected PATH...      messages with the worm\n"
    "  --clean PATH...         messages without; no signature may stand in them\n"
    "  --name NAME             of the new entries [WORM_NEW]\n"
    "  --per-name NUMBER       entries for each worm [3]\n"
    "  --share PERCENT         a line must stand in so many infected messages [100]\n"
    "  --cluster               sort the infected messages into families first\n"
    "  --quiet                 no progress bar\n"
    "  --help                  this text\n"
    "  --version               name and version\n";

int
sigs_misuse(const char *what, const char *about)
{
	(void)fprintf(stderr, "milter-sigs: %s%s%s\nTry 'milter-sigs --help'.\n", what,
	    about != NULL ? " " : "", about != NULL ? about : "");
	return SIGS_TROUBLE;
}

static void
say(void *self, const char *cause, const char *text)
{
	unsigned long *troubles = self;

	(void)cause;
	(void)fprintf(stderr, "milter-sigs: %s\n", text);
	++*troubles;
}

struct report
sigs_report(unsigned long *troubles)
{
	return (struct report){ say, troubles };
}

struct corpus
sigs_paths(int argc, char **argv, int *at, const struct report *report)
{
	struct corpus c = { .path = argv + *at, .report = report };

	while (*at < argc && strncmp(argv[*at], "--", 2) != 0) {
		++*at;
		c.count++;
	}
	return c;
}

int
main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "";

	for (size_t i = 0; i < sizeof subcommand / sizeof subcommand[0]; i++) {
		if (strcmp(word, subcommand[i].word) != 0)
			continue;
		if (argc != 3 || strcmp(argv[2], "--help") != 0)
			return subcommand[i].run(argc - 1, argv + 1);
		word = argv[2];
	}
	if (strcmp(word, "--help") == 0) {
		(void)fputs(help, stdout);
		return SIGS_GOOD;
	}
	if (strcmp(word, "--version") == 0) {
		(void)puts("milter-sigs " PACKAGE_VERSION);
		return SIGS_GOOD;
	}
	return sigs_misuse("no such subcommand:", word);
}
