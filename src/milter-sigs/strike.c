/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter-sigs/strike.h"

#include "milter-sigs/body_lines.h"
#include "milter-sigs/pass.h"
#include "policy/virus/scan.h"

struct strike {
	struct learned *line;
	size_t count;
	struct scanner *scanner; /* of the lines not struck yet */
	struct learned *of[STRIKE_MOST];
	size_t left;
	struct scan scan;
	struct body_finder finder;
	bool no_memory;
};

/* A scanner of what is left; none of nothing. */
static bool
rebuild(struct strike *s)
{
	struct slice pattern[STRIKE_MOST];

	s->left = 0;
	for (size_t i = 0; i < s->count; i++) {
		if (s->line[i].struck)
			continue;
		s->of[s->left] = &s->line[i];
		pattern[s->left++] = s->line[i].line;
	}
	scanner_free(s->scanner);
	s->scanner = s->left > 0 ? scanner_new(pattern, s->left) : NULL;
	s->no_memory = s->left > 0 && s->scanner == NULL;
	return s->scanner != NULL;
}

static bool
begin(void *self, const char *path)
{
	struct strike *s = self;

	(void)path;
	s->finder = (struct body_finder){ .empty = true };
	scan_begin(&s->scan, s->scanner);
	return true;
}

/* A scan ends at its first hit, so the message is read again without that line. */
static enum pass_step
piece(void *self, struct slice bytes)
{
	struct strike *s = self;
	enum scan_status status =
	    scan_feed(&s->scan, body_finder_feed(&s->finder, bytes));

	if (status == SCAN_CLEAN)
		return PASS_ON;
	if (status == SCAN_NOMEM) {
		s->no_memory = true;
		return PASS_STOP;
	}
	s->of[s->scan.hit.signature]->struck = true;
	scan_end(&s->scan);
	return rebuild(s) ? PASS_AGAIN : PASS_STOP;
}

static void
end(void *self)
{
	scan_end(&((struct strike *)self)->scan);
}

bool
strike_clean(struct learned *line, size_t count, const struct corpus *clean, bool quiet,
    unsigned long *ret_messages)
{
	struct strike s = { .line = line,
		.count = count < STRIKE_MOST ? count : STRIKE_MOST };
	struct pass p = { NULL, begin, piece, end, &s, "clean", quiet };
	bool stopped;

	*ret_messages = 0;
	if (rebuild(&s))
		*ret_messages = pass_run(clean, &p, &stopped);
	for (size_t i = STRIKE_MOST; i < count; i++)
		line[i].struck = true; /* not looked at */
	scanner_free(s.scanner);
	return !s.no_memory;
}
