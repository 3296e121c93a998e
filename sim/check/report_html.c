/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * report_html - one page that needs nothing but itself: a matrix of cases and
 * milters, families that fold, failures with both wires.  No script: folding is
 * <details>, the filter is radio buttons and CSS.
 */
#include <stdlib.h>

#include "sim/check/html.h"
#include "sim/check/report.h"

static const struct {
	const char *sign, *name; /* what stands in a cell, and its class */
} cells[N_OUTCOMES] = {
	[CHECK_PASS] = { "✓", "pass" },
	[CHECK_FAIL] = { "✗", "fail" },
	[CHECK_NOT_REACHED] = { "·", "reach" },
	[CHECK_NOT_RUN] = { "–", "skip" },
	[CHECK_KNOWN] = { "◐", "known" },
	[CHECK_ERROR] = { "!", "error" },
};

/* The rows: every case of any report, once, in order. */
struct rows {
	const struct check_result **row;
	size_t rows;
};

static int
by_id(const void *a, const void *b)
{
	const struct check_result *const *x = a, *const *y = b;

	return check_id_order((*x)->head.id, (*y)->head.id);
}

static bool
rows_make(const struct check_report *t, size_t n, struct rows *ret)
{
	size_t all = 0, kept = 0;

	for (size_t i = 0; i < n; i++)
		all += t[i].results;
	ret->row = calloc(all + 1, sizeof(struct check_result *));
	if (ret->row == NULL)
		return false;
	all = 0;
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < t[i].results; j++)
			ret->row[all++] = &t[i].result[j];
	}
	qsort(ret->row, all, sizeof ret->row[0], by_id);
	for (size_t i = 0; i < all; i++) {
		if (kept == 0 || by_id(&ret->row[kept - 1], &ret->row[i]) != 0)
			ret->row[kept++] = ret->row[i];
	}
	ret->rows = kept;
	return true;
}

static const struct check_result *
result_of(const struct check_report *t, const char *id)
{
	const struct check_result key = { .head = { .id = (char *)(uintptr_t)id } };
	const struct check_result *k = &key;
	size_t low = 0, high = t->results;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct check_result *m = &t->result[middle];
		int order = by_id(&k, &m);
		if (order == 0)
			return m;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static bool
has_story(const struct check_result *r)
{
	return r->outcome == CHECK_FAIL || r->outcome == CHECK_KNOWN ||
	       r->outcome == CHECK_ERROR;
}

/* --- the matrix --- */

static void
cell(FILE *to, const struct check_result *r, size_t column)
{
	struct text anchor = TEXT_INIT(200);

	if (r == NULL) {
		(void)fputs("<td class=\"none\"></td>", to);
		return;
	}
	(void)fprintf(to, "<td class=\"%s\" title=\"", cells[r->outcome].name);
	(void)fprintf(to, "%s", check_outcome_names[r->outcome]);
	if (r->why != NULL)
		html_text(to, ": "), html_text(to, r->why);
	(void)fputs("\">", to);
	report_anchor(&r->head, column, &anchor);
	if (has_story(r))
		(void)fprintf(to, "<a href=\"#%s\" aria-label=\"%s: %s\">%s</a>",
		    text_cstr(&anchor), r->head.id, check_outcome_names[r->outcome],
		    cells[r->outcome].sign);
	else
		(void)fprintf(to,
		    "<span aria-hidden=\"true\">%s</span><span class=\"vh\">%s</span>",
		    cells[r->outcome].sign, check_outcome_names[r->outcome]);
	(void)fputs("</td>", to);
	text_clear(&anchor);
}

static void
matrix_row(FILE *to, const struct check_report *t, size_t n, const struct check_result *r)
{
	(void)fprintf(to, "<tr class=\"l-%s\"><th scope=\"row\"><b>%s</b> ",
	    check_level_names[r->level], r->head.id);
	html_text(to, r->head.says);
	(void)fprintf(to, " <small>%s</small></th>", check_level_names[r->level]);
	for (size_t i = 0; i < n; i++)
		cell(to, result_of(&t[i], r->head.id), i);
	(void)fputs("</tr>\n", to);
}

/* "12 ✓ 1 ✗" of one milter in one family. */
static void
family_count(FILE *to, const struct check_report *t, const char *family)
{
	unsigned count[N_OUTCOMES] = { 0 };

	for (size_t i = 0; i < t->results; i++) {
		if (strcmp(t->result[i].head.family, family) == 0)
			count[t->result[i].outcome]++;
	}
	(void)fputs("<span class=\"sum\">", to);
	html_text(to, t->milter);
	for (int o = 0; o < N_OUTCOMES; o++) {
		if (count[o] > 0)
			(void)fprintf(to, " <i class=\"%s\">%u %s</i>", cells[o].name,
			    count[o], cells[o].sign);
	}
	(void)fputs("</span>", to);
}

static void
matrix_head(FILE *to, const struct check_report *t, size_t n)
{
	(void)fputs("<thead><tr><th scope=\"col\">case</th>", to);
	for (size_t i = 0; i < n; i++) {
		(void)fputs("<th scope=\"col\"><span>", to);
		html_text(to, t[i].milter);
		(void)fputs("</span></th>", to);
	}
	(void)fputs("</tr></thead>\n", to);
}

static size_t
family(
    FILE *to, const struct check_report *t, size_t n, const struct rows *all, size_t at)
{
	const char *name = all->row[at]->head.family;
	bool failed = false;
	size_t end = at;

	while (end < all->rows && strcmp(all->row[end]->head.family, name) == 0) {
		for (size_t i = 0; i < n; i++) {
			const struct check_result *r =
			    result_of(&t[i], all->row[end]->head.id);
			failed = failed || (r != NULL && r->outcome == CHECK_FAIL);
		}
		end++;
	}
	(void)fprintf(to, "<details class=\"family\"%s><summary><h2>%s</h2> ",
	    failed ? " open" : "", name);
	for (size_t i = 0; i < n; i++)
		family_count(to, &t[i], name);
	(void)fputs("</summary>\n<div class=\"scroll\" tabindex=\"0\"><table>", to);
	matrix_head(to, t, n);
	(void)fputs("<tbody>\n", to);
	for (; at < end; at++)
		matrix_row(to, t, n, all->row[at]);
	(void)fputs("</tbody></table></div></details>\n", to);
	return end;
}

/* --- the page --- */

static void
milters(FILE *to, const struct check_report *t, size_t n)
{
	(void)fputs("<ul class=\"milters\">\n", to);
	for (size_t i = 0; i < n; i++) {
		(void)fputs("<li><b>", to);
		html_text(to, t[i].milter);
		(void)fputs("</b> profile ", to);
		html_text(to, t[i].profile);
		for (int o = 0; o < N_OUTCOMES; o++) {
			unsigned many = check_total(&t[i].tally, (enum check_outcome)o);
			if (many > 0)
				(void)fprintf(to, ", <i class=\"%s\">%u %s</i>",
				    cells[o].name, many, check_outcome_names[o]);
		}
		(void)fprintf(to, ", %zu distinct rules", check_report_rules(&t[i]));
		if (t[i].interrupted)
			(void)fputs(", interrupted", to);
		(void)fputs("</li>\n", to);
	}
	(void)fputs("</ul>\n", to);
}

static void
stories(FILE *to, const struct check_report *t, size_t n, const struct rows *all)
{
	for (size_t i = 0; i < all->rows; i++) {
		for (size_t j = 0; j < n; j++) {
			const struct check_result *r =
			    result_of(&t[j], all->row[i]->head.id);
			if (r != NULL && has_story(r))
				html_story(to, r, t[j].milter, j);
		}
	}
}

bool
report_html(const struct check_report *t, size_t n, FILE *to)
{
	struct rows all;

	if (!rows_make(t, n, &all))
		return false;
	html_begin(to, n == 1 ? t[0].milter : "matrix");
	milters(to, t, n);
	html_filter(to);
	(void)fputs("<main>\n", to);
	for (size_t at = 0; at < all.rows;)
		at = family(to, t, n, &all, at);
	(void)fputs("<section><h2>What failed</h2>\n", to);
	stories(to, t, n, &all);
	(void)fputs("</section>\n</main>\n", to);
	html_end(to);
	free(all.row);
	return fflush(to) == 0 && ferror(to) == 0;
}

static void
markdown_row(
    const struct check_report *t, size_t n, const struct check_result *r, FILE *to)
{
	(void)fprintf(to, "| %s | %s | ", r->head.id, check_level_names[r->level]);
	for (const char *c = r->head.says; *c != '\0'; c++)
		(void)fprintf(to, *c == '|' || *c == '<' ? "\\%c" : "%c", *c);
	(void)fputs(" |", to);
	for (size_t i = 0; i < n; i++) {
		const struct check_result *one = result_of(&t[i], r->head.id);
		(void)fprintf(to, " %s |", one == NULL ? "" : cells[one->outcome].sign);
	}
	(void)fputs("\n", to);
}

bool
report_markdown(const struct check_report *t, size_t n, FILE *to)
{
	struct rows all;

	if (!rows_make(t, n, &all))
		return false;
	(void)fputs("| case | level | rule |", to);
	for (size_t i = 0; i < n; i++)
		(void)fprintf(to, " %s |", t[i].milter);
	(void)fputs("\n|---|---|---|", to);
	for (size_t i = 0; i < n; i++)
		(void)fputs("---|", to);
	(void)fputs("\n", to);
	for (size_t i = 0; i < all.rows; i++)
		markdown_row(t, n, all.row[i], to);
	free(all.row);
	return fflush(to) == 0 && ferror(to) == 0;
}
