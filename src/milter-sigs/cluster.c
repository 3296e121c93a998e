/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter-sigs/cluster.h"

#include "milter-sigs/body_lines.h"
#include "milter-sigs/pass.h"

struct reading {
	struct families *families;
	struct body_lines lines;
	bool failed;
};

static bool
begin_clean(void *self, const char *path)
{
	struct reading *r = self;

	(void)path;
	body_lines_begin(&r->lines);
	return true;
}

static bool
begin_infected(void *self, const char *path)
{
	struct reading *r = self;

	r->failed = !families_message(r->families);
	return begin_clean(self, path) && !r->failed;
}

static enum pass_step
piece(void *self, struct slice bytes)
{
	body_lines_feed(&((struct reading *)self)->lines, bytes);
	return PASS_ON;
}

static void
end(void *self)
{
	body_lines_end(&((struct reading *)self)->lines);
}

static void
clean_line(void *self, struct slice line, unsigned long number)
{
	(void)number;
	families_clean_line(((struct reading *)self)->families, line);
}

static void
infected_line(void *self, struct slice line, unsigned long number)
{
	(void)number;
	families_line(((struct reading *)self)->families, line);
}

struct families *
cluster(const struct corpus *infected, const struct corpus *clean, bool quiet,
    size_t *ret_count)
{
	struct reading r = { .families = families_new() };
	bool stopped;

	if (r.families == NULL)
		return NULL;
	r.lines.self = &r;
	r.lines.line = clean_line;
	struct pass p = { NULL, begin_clean, piece, end, &r, "clean", quiet };
	(void)pass_run(clean, &p, &stopped);
	r.lines.line = infected_line;
	p.begin = begin_infected;
	p.what = "families";
	unsigned long read = pass_run(infected, &p, &stopped);
	*ret_count = r.failed ? 0 : families_finish(r.families);
	if (r.failed || (read > 0 && *ret_count == 0)) {
		families_free(r.families);
		return NULL;
	}
	return r.families;
}
