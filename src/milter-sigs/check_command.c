/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * check - what is wrong with a signature file, as "file:line: NAME: what".
 */
#include <stdio.h>

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

static int
check(const char *file, const struct signatures *s)
{
	struct text faults = TEXT_INIT(WORDS_MAX);
	size_t n = 0;

	if (!signature_lint(s, &faults, &n)) {
		text_clear(&faults);
		return sigs_misuse("no memory", NULL);
	}
	if (s->warnings.len > 0)
		(void)fwrite(s->warnings.ptr, 1, s->warnings.len, stdout);
	print(file, text_slice(&faults));
	(void)printf("%s: %zu signatures, %s\n", file, s->count,
	    n > 0 || s->warnings.len > 0 ? "with faults" : "no faults");
	text_clear(&faults);
	return n > 0 || s->warnings.len > 0 ? SIGS_FAULTS : SIGS_GOOD;
}

int
check_command(int argc, char **argv)
{
	struct signature_rules rules = { SIGNATURE_SHORTEST };
	struct text why = TEXT_INIT(5000);
	struct signatures s;

	if (argc != 2 || argv[1][0] == '-')
		return sigs_misuse(argc > 1 && argv[1][0] == '-' ? "unknown option"
								 : "check wants one file",
		    argc > 1 && argv[1][0] == '-' ? argv[1] : NULL);
	if (!signature_file_read(argv[1], &rules, &s, &why)) {
		(void)fprintf(stderr, "milter-sigs: %s\n", text_cstr(&why));
		text_clear(&why);
		return SIGS_TROUBLE;
	}
	int code = check(argv[1], &s);
	signatures_clear(&s);
	return fflush(stdout) == 0 ? code : SIGS_TROUBLE;
}
