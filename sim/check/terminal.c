/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/check/terminal.h"

#include <stdlib.h>
#include <sys/ioctl.h>

enum { FAMILIES_MAX = 100, LIST_ROWS = 12, LINE_BYTES = 200 };

struct family {
	const char *name; /* a head's */
	unsigned cases, done, outcome[N_OUTCOMES];
};

struct terminal {
	FILE *to;
	bool live, colour;
	struct family family[FAMILIES_MAX];
	size_t families, drawn; /* lines of the picture on the screen */
	struct text failed;     /* a line for each failure so far */
};

static const char *const colours[N_OUTCOMES] = {
	[CHECK_PASS] = "\033[32m",
	[CHECK_FAIL] = "\033[31m",
	[CHECK_NOT_REACHED] = "\033[2m",
	[CHECK_NOT_RUN] = "\033[2m",
	[CHECK_KNOWN] = "\033[33m",
	[CHECK_ERROR] = "\033[31m",
};

static const char *
on(const struct terminal *t, enum check_outcome o)
{
	return t->colour ? colours[o] : "";
}

static const char *
off(const struct terminal *t)
{
	return t->colour ? "\033[0m" : "";
}

static struct family *
family_of(struct terminal *t, const char *name)
{
	for (size_t i = 0; i < t->families; i++) {
		if (strcmp(t->family[i].name, name) == 0)
			return &t->family[i];
	}
	if (t->families == FAMILIES_MAX)
		return &t->family[FAMILIES_MAX - 1];
	t->family[t->families] = (struct family){ .name = name };
	return &t->family[t->families++];
}

static unsigned
rows_of_screen(const struct terminal *t)
{
	struct winsize w;

	return ioctl(fileno(t->to), TIOCGWINSZ, &w) == 0 && w.ws_row > 4 ? w.ws_row : 24;
}

/* "rep       [=========       ] 12/20  1 fail, 2 not reached" */
static void
draw_family(const struct terminal *t, const struct family *f)
{
	enum { WIDTH = 24 };
	unsigned full = f->cases > 0 ? f->done * WIDTH / f->cases : WIDTH;
	const char *comma = "  ";

	(void)fprintf(t->to, "  %-16s [%.*s%*s] %3u/%-3u", f->name, (int)full,
	    "========================", (int)(WIDTH - full), "", f->done, f->cases);
	for (int o = CHECK_FAIL; o < N_OUTCOMES; o++) {
		if (f->outcome[o] == 0)
			continue;
		(void)fprintf(t->to, "%s%s%u %s%s", comma, on(t, (enum check_outcome)o),
		    f->outcome[o], check_outcome_names[o], off(t));
		comma = ", ";
	}
	(void)fprintf(t->to, "%s\n", t->live ? "\033[K" : "");
}

/* The last lines of *all that the screen has room for. */
static struct slice
tail(const struct text *all, unsigned rows)
{
	struct slice s = text_slice(all);
	size_t at = s.len;

	while (at > 0 && rows > 0) {
		size_t before = slice_find_last(slice_first(s, at - 1), '\n');
		at = before == at - 1 ? 0 : before + 1;
		rows--;
	}
	return slice_from(s, at);
}

static void
draw(struct terminal *t)
{
	unsigned rows = rows_of_screen(t);
	unsigned room = rows > t->families + 2 ? rows - (unsigned)t->families - 2 : 0;
	struct slice list = tail(&t->failed, room < LIST_ROWS ? room : LIST_ROWS);

	if (t->drawn > 0)
		(void)fprintf(t->to, "\033[%zuA\r", t->drawn);
	for (size_t i = 0; i < t->families; i++)
		draw_family(t, &t->family[i]);
	t->drawn = t->families;
	for (size_t i = 0; i < list.len; i++)
		t->drawn += list.ptr[i] == '\n';
	(void)fprintf(t->to, "%.*s\033[J", (int)list.len, list.len > 0 ? list.ptr : "");
	(void)fflush(t->to);
}

struct terminal *
terminal_new(
    FILE *to, bool live, bool colour, const struct check_head *const *head, size_t n)
{
	struct terminal *t = calloc(1, sizeof *t);

	if (t == NULL)
		return NULL;
	t->to = to;
	t->live = live;
	t->colour = colour;
	t->failed = (struct text)TEXT_INIT((size_t)256 * 1024);
	for (size_t i = 0; i < n; i++)
		family_of(t, head[i]->family)->cases++;
	if (live && t->families + 4 > rows_of_screen(t))
		t->live = false;
	if (t->live)
		draw(t);
	return t;
}

void
terminal_free(struct terminal *t)
{
	if (t != NULL)
		text_clear(&t->failed);
	free(t);
}

static bool
worth_a_line(const struct check_result *r)
{
	return (r->outcome == CHECK_FAIL && r->level < CHECK_INFO) ||
	       r->outcome == CHECK_ERROR;
}

void
terminal_found(struct terminal *t, const struct check_result *r)
{
	struct family *f = family_of(t, r->head.family);
	size_t before = t->failed.len;

	f->done++;
	f->outcome[r->outcome]++;
	if (worth_a_line(r)) {
		text_printf(&t->failed, "%s%-5s%s %-8s %-14s %.90s\n", on(t, r->outcome),
		    check_outcome_names[r->outcome], off(t), check_level_names[r->level],
		    r->head.id, r->head.says);
		if (!t->live)
			(void)fputs(text_cstr(&t->failed) + before, t->to);
	}
	if (t->live)
		draw(t);
	else
		(void)fflush(t->to);
}

static void
failures(const struct terminal *t, const struct check_report *report)
{
	for (size_t i = 0; i < report->results; i++) {
		const struct check_result *r = &report->result[i];
		struct text all = TEXT_INIT(1024 * 1024);

		if (!worth_a_line(r))
			continue;
		report_failure(r, &all);
		(void)fprintf(t->to, "\n%s", text_cstr(&all));
		text_clear(&all);
	}
}

/* Ids of results that ended so, to be read or copied. */
static void
list(const struct terminal *t, const struct check_report *report, enum check_outcome o)
{
	unsigned n = 0;

	for (size_t i = 0; i < report->results; i++) {
		const struct check_result *r = &report->result[i];
		if (r->outcome != o)
			continue;
		if (n++ == 0)
			(void)fprintf(t->to, "%s:\n", check_outcome_names[o]);
		(void)fprintf(t->to, "  %-14s %s\n", r->head.id,
		    r->why != NULL ? r->why : r->head.says);
	}
}

static void
verdict(const struct terminal *t, const struct check_report *report)
{
	int code = check_exit(&report->tally, report->strict);

	if (report->interrupted && code != 1)
		return; /* it has neither passed nor failed */
	switch (code) {
	case 0:
		(void)fprintf(t->to,
		    "%sThe milter keeps all rules that were reached.%s\n",
		    on(t, CHECK_PASS), off(t));
		break;
	case 1:
		(void)fprintf(t->to,
		    "%sThe milter broke rules.%s  Each failure above ends with a command "
		    "that plays it again;\nmilter-sim check --explain ID tells what a "
		    "rule "
		    "is for.\n",
		    on(t, CHECK_FAIL), off(t));
		break;
	case CHECK_NOTHING_RUN:
		(void)fputs("No case came to its point: try --message, --from, --to or "
			    "--macro, and milter-sim try.\n",
		    t->to);
		break;
	default: (void)fputs("The milter could not be reached.\n", t->to);
	}
}

void
terminal_end(struct terminal *t, const struct check_report *report)
{
	if (!t->live) {
		for (size_t i = 0; i < t->families; i++)
			draw_family(t, &t->family[i]);
	}
	failures(t, report);
	(void)fputs("\n", t->to);
	list(t, report, CHECK_NOT_RUN);
	list(t, report, CHECK_NOT_REACHED);
	list(t, report, CHECK_KNOWN);
	(void)fprintf(t->to, "%s%zu cases of profile %s, %zu distinct rules:",
	    report->interrupted ? "Interrupted. " : "", report->results, report->profile,
	    check_report_rules(report));
	for (int o = 0; o < N_OUTCOMES; o++) {
		unsigned n = check_total(&report->tally, (enum check_outcome)o);
		if (n > 0)
			(void)fprintf(t->to, "  %s%u %s%s", on(t, (enum check_outcome)o),
			    n, check_outcome_names[o], off(t));
	}
	(void)fputs("\n", t->to);
	verdict(t, report);
	(void)fflush(t->to);
}
