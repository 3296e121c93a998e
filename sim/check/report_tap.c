/* SPDX-License-Identifier: BSD-2-Clause */
/* report_tap - TAP version 14 and JUnit's XML. */
#include "sim/check/report.h"

/* A test is one line, whatever it says: lines that follow each other are parted by ;. */
static void
one_line(const char *words, FILE *to)
{
	struct slice rest = slice_trim(slice_of(words)), line;
	bool first = true;

	while (slice_next_line(&rest, &line)) {
		line = slice_trim(line);
		if (line.len > 0)
			(void)fprintf(
			    to, "%s%.*s", first ? "" : "; ", (int)line.len, line.ptr);
		first = first && line.len == 0;
	}
}

static void
skip(const struct check_result *r, FILE *to)
{
	(void)fprintf(to, " # SKIP %s", check_outcome_names[r->outcome]);
	if (r->why == NULL)
		return;
	(void)fputs(": ", to);
	one_line(r->why, to);
}

/* What is neither passed nor failed is a skip; what is known or only advice, a todo. */
static void
tap_line(const struct check_report *t, size_t i, FILE *to)
{
	const struct check_result *r = &t->result[i];
	bool ok = r->outcome != CHECK_FAIL && r->outcome != CHECK_KNOWN &&
		  r->outcome != CHECK_ERROR;
	bool counts = check_is_failure(r->level, r->outcome, t->strict);

	(void)fprintf(
	    to, "%s %zu - %s: %s", ok ? "ok" : "not ok", i + 1, r->head.id, r->head.says);
	if (r->outcome == CHECK_NOT_RUN || r->outcome == CHECK_NOT_REACHED)
		skip(r, to);
	else if (!ok && !counts)
		(void)fprintf(to, " # TODO %s",
		    r->outcome == CHECK_KNOWN ? "known" : check_level_names[r->level]);
	(void)fprintf(to, "\n");
}

static void
comment(const struct check_result *r, FILE *to)
{
	struct text all = TEXT_INIT(1024 * 1024);
	struct slice rest, line;

	report_failure(r, &all);
	rest = text_slice(&all);
	while (slice_next_line(&rest, &line))
		(void)fprintf(to, "# %.*s\n", (int)line.len, line.ptr);
	text_clear(&all);
}

bool
report_tap(const struct check_report *t, FILE *to)
{
	(void)fprintf(to, "TAP version 14\n1..%zu\n", t->results);
	(void)fprintf(
	    to, "# %s, profile %s, seed %llu\n", t->milter, t->profile, t->seed);
	for (size_t i = 0; i < t->results; i++) {
		tap_line(t, i, to);
		if (t->result[i].outcome == CHECK_FAIL ||
		    t->result[i].outcome == CHECK_ERROR)
			comment(&t->result[i], to);
	}
	(void)fprintf(to, "# %zu distinct rules exercised\n", check_report_rules(t));
	if (t->interrupted)
		(void)fprintf(to, "Bail out! interrupted\n");
	return fflush(to) == 0 && ferror(to) == 0;
}

/* --- JUnit --- */

/* XML has no control characters, and a line's end in an attribute is a blank. */
static void
xml(FILE *to, const char *s)
{
	for (; s != NULL && *s != '\0'; s++) {
		const char *entity = *s == '\n' ? "&#10;" : report_entity(*s);
		if (entity != NULL)
			(void)fputs(entity, to);
		else if (*s == '\t' || (unsigned char)*s >= ' ')
			(void)fputc(*s, to);
	}
}

static void
junit_case(const struct check_report *t, const struct check_result *r, FILE *to)
{
	bool failed = check_is_failure(r->level, r->outcome, t->strict);
	struct text all = TEXT_INIT(1024 * 1024);

	(void)fprintf(to, "    <testcase classname=\"%s\" name=\"", r->head.family);
	xml(to, r->head.id);
	(void)fputs(": ", to);
	xml(to, r->head.says);
	if (r->outcome == CHECK_PASS) {
		(void)fputs("\"/>\n", to);
		return;
	}
	report_failure(r, &all);
	const char *tag = !failed                     ? "skipped"
			  : r->outcome == CHECK_ERROR ? "error"
						      : "failure";
	(void)fprintf(to, "\">\n      <%s message=\"", tag);
	xml(to, r->why != NULL ? r->why : check_outcome_names[r->outcome]);
	(void)fputs("\">", to);
	xml(to, failed ? text_cstr(&all) : "");
	(void)fprintf(to, "</%s>\n    </testcase>\n", tag);
	text_clear(&all);
}

static void
junit_family(const struct check_report *t, size_t from, size_t end, FILE *to)
{
	unsigned failures = 0, errors = 0, skipped = 0;

	for (size_t i = from; i < end; i++) {
		const struct check_result *r = &t->result[i];
		if (r->outcome == CHECK_PASS)
			continue;
		if (!check_is_failure(r->level, r->outcome, t->strict))
			skipped++;
		else if (r->outcome == CHECK_ERROR)
			errors++;
		else
			failures++;
	}
	(void)fprintf(to,
	    "  <testsuite name=\"%s\" tests=\"%zu\" failures=\"%u\" errors=\"%u\" "
	    "skipped=\"%u\">\n",
	    t->result[from].head.family, end - from, failures, errors, skipped);
	for (size_t i = from; i < end; i++)
		junit_case(t, &t->result[i], to);
	(void)fputs("  </testsuite>\n", to);
}

bool
report_junit(const struct check_report *t, FILE *to)
{
	(void)fputs(
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"", to);
	xml(to, t->milter);
	(void)fprintf(to, "\" tests=\"%zu\">\n", t->results);
	for (size_t i = 0; i < t->results;) {
		size_t end = report_next_family(t, i);
		junit_family(t, i, end, to);
		i = end;
	}
	(void)fputs("</testsuites>\n", to);
	return fflush(to) == 0 && ferror(to) == 0;
}
