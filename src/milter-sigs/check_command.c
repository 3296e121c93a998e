/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * check - what is wrong with a signature file, as "file:line: NAME: what".
 */
#include <stdio.h>
#include <stdlib.h>

#include "milter-sigs/signature_lint.h"
#include "milter-sigs/subcommand.h"
#include "store/signature_file.h"

enum { WORDS_MAX = 64 << 20 };

/* Lines "12: what" with the file's name before each. */
static void
print(const char *file, struct slice lines)
{
	struct slice one;

	while (slice_next_line(&lines, &one))
		(void)printf("%s:%.*s\n", file, (int)one.len, one.ptr);
}

/* Says which patterns stand in none of the captures, and counts them. */
static bool
check_captures(const struct signatures *s, const struct corpus *captures,
    struct text *faults, size_t *n)
{
	unsigned long *hits = calloc(s->count, sizeof *hits);
	bool ok = hits != NULL && sigs_count_hits(s, captures, hits);

	for (size_t i = 0; ok && i < s->count; i++) {
		const struct signature *e = &s->entry[i];
		if (hits[i] > 0)
			continue;
		text_printf(faults, "%zu: %.*s: stands in none of the messages given\n",
		    e->line, (int)e->name.len, e->name.ptr);
		++*n;
	}
	free(hits);
	return ok;
}

static int
check(const char *file, const struct signatures *s, const struct corpus *captures)
{
	struct text faults = TEXT_INIT(WORDS_MAX);
	size_t n = 0;

	if (!signature_lint(s, &faults, &n) ||
	    (captures->count > 0 && !check_captures(s, captures, &faults, &n))) {
		text_clear(&faults);
		return sigs_misuse("no memory", NULL);
	}
	if (s->warnings.len > 0)
		(void)fwrite(s->warnings.ptr, 1, s->warnings.len, stdout);
	print(file, text_slice(&faults));
	(void)printf("%s: %zu signature%s, %s\n", file, s->count,
	    s->count == 1 ? "" : "s",
	    n > 0 || s->warnings.len > 0 ? "with faults" : "no faults");
	text_clear(&faults);
	return n > 0 || s->warnings.len > 0 ? SIGS_FAULTS : SIGS_GOOD;
}

int
check_command(int argc, char **argv)
{
	struct signature_rules rules = { SIGNATURE_SHORTEST };
	struct text why = TEXT_INIT(5000);
	unsigned long troubles = 0;
	struct report report = sigs_report(&troubles);
	struct signatures s;
	int at = 2;

	if (argc < 2)
		return sigs_misuse("check wants one file of signatures", NULL);
	struct corpus captures = sigs_paths(argc, argv, &at, &report);
	if (argv[1][0] == '-' || at < argc)
		return sigs_misuse("unknown option", argv[at < argc ? at : 1]);
	if (!signature_file_read(argv[1], &rules, &s, &why)) {
		(void)fprintf(stderr, "milter-sigs: %s\n", text_cstr(&why));
		text_clear(&why);
		return SIGS_TROUBLE;
	}
	int code = check(argv[1], &s, &captures);
	signatures_clear(&s);
	return fflush(stdout) == 0 && troubles == 0 ? code : SIGS_TROUBLE;
}
