/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "sim/commands/reporter.h"

static void
begin(size_t count)
{
	(void)printf("1..%zu\n", count);
}

static void
print_log(const struct play_result *r)
{
	struct slice rest = text_slice(&r->log);
	struct slice line;

	while (slice_next_line(&rest, &line))
		(void)printf("#   %.*s\n", (int)line.len, line.ptr);
}

static void
print_difference(const char *name, struct play_result *r)
{
	if (r->file != NULL)
		(void)printf("# %s:%u: ", r->file, r->line);
	else
		(void)printf("# %s: ", name);
	if (r->expected.len > 0)
		(void)printf("expected  %s\n# %s:%u: got       %s\n",
		    text_cstr(&r->expected), r->file != NULL ? r->file : name, r->line,
		    text_cstr(&r->got));
	else
		(void)printf("%s\n", text_cstr(&r->got));
}

static void
one(const struct report *r)
{
	bool same = r->end == PLAY_SAME;

	(void)printf("%s %zu - %s%s%s\n", same ? "ok" : "not ok", r->number, r->name,
	    r->title[0] != '\0' ? ": " : "", r->title);
	if (!same)
		print_difference(r->name, r->result);
	if (!same || r->verbose)
		print_log(r->result);
	(void)fflush(stdout);
}

static bool
end(void)
{
	return fflush(stdout) == 0;
}

const struct reporter reporter_tap = { begin, one, end };
