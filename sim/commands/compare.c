/* SPDX-License-Identifier: BSD-2-Clause */
/* milter-sim compare - where two recordings part. */
#include <getopt.h>
#include <stdio.h>

#include "sim/commands/subcommand.h"
#include "sim/record/compare.h"

static const char help[] =
    "usage: milter-sim compare [OPTION...] RECORDING RECORDING\n"
    "\n"
    "Shows where two recordings part: the lines before, and both sides' own.  Time is\n"
    "not compared.  What no two sessions have in common is hidden in both first:\n"
    "\n"
    "  ${queue-id}         what macro i said, wherever it stands\n"
    "  ${port}             the client's port in CONNECT, {client_port}, {daemon_port}\n"
    "  ${date}             dates as header fields have them\n"
    "  ${mask}             what --mask says\n"
    "\n"
    "  --mask EXPRESSION   hide that too, an extended regular expression on lines as\n"
    "                      they are printed; repeat\n"
    "  --exact             hide nothing but that\n"
    "  --help\n"
    "\n"
    "Exit: 0 alike, 1 they part, 2 usage, or a recording that cannot be read.\n";

static const struct option options[] = {
	{ "mask", required_argument, NULL, 'm' },
	{ "exact", no_argument, NULL, 'e' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static void
complain(const char *what, struct text *why)
{
	(void)fprintf(stderr, "milter-sim compare: %s%s\n", what, text_reason(why));
}

static void
print_place(const char *name, size_t line)
{
	if (line > 0)
		(void)printf("%s:%zu", name, line);
	else
		(void)printf("%s: its end", name);
}

static void
print(char **names, const struct story *s, struct comparison *c, bool alike)
{
	struct text masked = TEXT_INIT(200);
	struct mask_state both = s[0].masks;

	for (size_t i = 0; i < N_MASKS; i++)
		both.hidden[i] += s[1].masks.hidden[i];
	mask_describe(&both, &masked);
	if (alike) {
		(void)printf("alike: %lu lines", c->lines);
	} else {
		print_place(names[0], c->line[0]);
		(void)printf(" and ");
		print_place(names[1], c->line[1]);
		(void)printf(" part, %s", text_cstr(&c->wire));
	}
	(void)printf("%s%s\n", masked.len > 0 ? "; hidden: " : "", text_cstr(&masked));
	(void)printf("%s", text_cstr(&c->around));
	text_clear(&masked);
}

static int
compare(char **names, const struct masks *m)
{
	struct recording r[2] = { { .events = 0 } };
	struct story s[2] = { { .wires = 0 } };
	struct comparison c = COMPARISON_INIT;
	struct text why = TEXT_INIT(1000);
	int code = SIM_USAGE;
	bool ok = true;

	for (size_t i = 0; i < 2 && ok; i++)
		ok = recording_load(&r[i], names[i], &why) &&
		     story_tell(&s[i], &r[i], m, &why);
	if (!ok) {
		complain("", &why);
	} else {
		bool alike = compare_stories(&s[0], &s[1], &c);
		print(names, s, &c, alike);
		code = alike ? SIM_OK : SIM_DIFFERENT;
	}
	for (size_t i = 0; i < 2; i++) {
		story_clear(&s[i]);
		recording_clear(&r[i]);
	}
	comparison_clear(&c);
	text_clear(&why);
	if (fflush(stdout) == 0)
		return code;
	perror("standard output");
	return SIM_USAGE;
}

/* -1: go on. */
static int
read_options(int argc, char **argv, struct masks *m)
{
	struct text why = TEXT_INIT(400);
	int c, code = -1;

	while (code == -1 && (c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'h')
			code = SIM_OK;
		else if (c == 'e')
			masks_exact(m);
		else if (c != 'm' || !masks_add(m, optarg, &why))
			code = SIM_USAGE;
	}
	if (code == -1 && argc - optind != 2) {
		text_printf(&why, "two recordings are compared");
		code = SIM_USAGE;
	}
	if (code == SIM_OK)
		(void)fputs(help, stdout);
	if (why.len > 0)
		complain(c == 'm' ? "--mask: " : "", &why);
	if (code == SIM_USAGE)
		(void)fputs("Try 'milter-sim compare --help'.\n", stderr);
	text_clear(&why);
	return code;
}

int
compare_main(int argc, char **argv)
{
	struct masks *m = masks_new();
	int code;

	if (m == NULL) {
		perror("milter-sim compare");
		return SIM_USAGE;
	}
	code = read_options(argc, argv, m);
	if (code == -1)
		code = compare(argv + optind, m);
	masks_free(m);
	return code;
}
