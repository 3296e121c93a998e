/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/check/report.h"

#include <stdlib.h>

void
check_result_clear(struct check_result *r)
{
	check_head_clear(&r->head);
	free(r->why);
	free(r->where);
	free(r->broken);
	free(r->expected);
	free(r->got);
	free(r->diff);
	free(r->variant);
	free(r->words);
	free(r->repeat);
	wire_log_free(r->wire);
	*r = (struct check_result){ .outcome = CHECK_NOT_RUN };
}

bool
check_report_add(struct check_report *t, struct check_result *r)
{
	if (t->results == t->room) {
		size_t room = t->room > 0 ? 2 * t->room : 64;
		struct check_result *more = realloc(t->result, room * sizeof *more);
		if (more == NULL) {
			check_result_clear(r);
			return false;
		}
		t->result = more;
		t->room = room;
	}
	check_count(&t->tally, r->level, r->outcome);
	t->result[t->results++] = *r;
	return true;
}

static int
by_id(const void *a, const void *b)
{
	const struct check_result *x = a, *y = b;

	return check_id_order(x->head.id, y->head.id);
}

void
check_report_sort(struct check_report *t)
{
	if (t->results > 0)
		qsort(t->result, t->results, sizeof t->result[0], by_id);
}

void
check_report_clear(struct check_report *t)
{
	for (size_t i = 0; i < t->results; i++)
		check_result_clear(&t->result[i]);
	free(t->result);
	free(t->milter);
	free(t->profile);
	free(t->version);
	*t = (struct check_report){ .results = 0 };
}

static bool
came_to_its_point(const struct check_result *r)
{
	return r->outcome == CHECK_PASS || r->outcome == CHECK_FAIL ||
	       r->outcome == CHECK_KNOWN;
}

static int
by_word(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

size_t
check_report_rules(const struct check_report *t)
{
	const char **rule = calloc(t->results + 1, sizeof *rule);
	size_t n = 0, distinct = 0;

	for (size_t i = 0; rule != NULL && i < t->results; i++) {
		if (came_to_its_point(&t->result[i]))
			rule[n++] = t->result[i].head.rule;
	}
	if (n > 0)
		qsort(rule, n, sizeof *rule, by_word);
	for (size_t i = 0; i < n; i++)
		distinct += i == 0 || strcmp(rule[i], rule[i - 1]) != 0;
	free(rule);
	return distinct;
}

size_t
report_next_family(const struct check_report *t, size_t at)
{
	const char *family = t->result[at].head.family;

	while (at < t->results && strcmp(t->result[at].head.family, family) == 0)
		at++;
	return at;
}

void
report_anchor(const struct check_head *h, size_t column, struct text *out)
{
	for (const char *c = h->id; *c != '\0'; c++)
		text_printf(out, "%c", *c == '/' ? '-' : *c);
	text_printf(out, "-%zu", column + 1);
}

static void
paragraph(struct text *out, const char *name, const char *value)
{
	struct slice rest = slice_of(value), line;
	bool first = true;

	while (value != NULL && slice_next_line(&rest, &line)) {
		text_printf(
		    out, "  %-10s%.*s\n", first ? name : "", (int)line.len, line.ptr);
		first = false;
	}
}

const char *
report_entity(char c)
{
	switch (c) {
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '&': return "&amp;";
	case '"': return "&quot;";
	default: return NULL;
	}
}

void
report_failure(const struct check_result *r, struct text *out)
{
	text_printf(out, "%s  %s  [%s]\n", r->head.id, check_outcome_names[r->outcome],
	    check_level_names[r->level]);
	paragraph(out, "rule", r->head.says);
	paragraph(out, "source", r->head.source);
	paragraph(out, "case", r->where);
	paragraph(out, "variant", r->variant);
	paragraph(out, "who", r->why);
	paragraph(out, "broken", r->broken);
	paragraph(out, "expected", r->expected);
	paragraph(out, "got", r->got);
	paragraph(out, "breaks", r->head.breaks[0] != '\0' ? r->head.breaks : NULL);
	paragraph(out, "known", r->head.known);
	paragraph(out, "diff", r->diff);
	paragraph(out, "milter", r->words);
	if (r->wire != NULL && r->wire->entries > 0) {
		struct text log = TEXT_INIT(512 * 1024);
		wire_log_print(r->wire, &log);
		paragraph(out, "wire", text_cstr(&log));
		text_clear(&log);
	}
	paragraph(out, "again", r->repeat);
}
