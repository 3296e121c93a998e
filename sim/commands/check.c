/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * milter-sim check - the conformance suite.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sim/check/baseline.h"
#include "sim/check/healthy.h"
#include "sim/check/plan.h"
#include "sim/check/terminal.h"
#include "sim/commands/check_options.h"
#include "sim/commands/subcommand.h"
#include "sim/io/interrupt.h"
#include "sim/transcript/file.h"

enum { MESSAGE_BYTES = 4 * 1024 * 1024 };

struct run {
	struct check_options options;
	struct catalogue catalogue;
	const struct check_case **chosen;
	size_t chosens;
	struct terminal *terminal; /* NULL: a report goes to stdout */
	struct check_report report;
};

static void
found(void *self, const struct check_result *r)
{
	struct run *run = self;

	if (run->terminal != NULL)
		terminal_found(run->terminal, r);
}

static int
wrong(struct text *why)
{
	(void)fprintf(stderr, "milter-sim check: %s%s", text_cstr(why),
	    why->len > 0 && why->ptr[why->len - 1] == '\n' ? "" : "\n");
	text_clear(why);
	return SIM_USAGE;
}

/* --- cases --- */

static bool
message(const char *file, struct text *ret, struct text *why)
{
	struct text eml = TEXT_INIT(MESSAGE_BYTES);
	bool ok =
	    file_read(file, &eml, why) && params_message(text_slice(&eml), ret, why);

	text_clear(&eml);
	return ok;
}

static bool
processes_known(const struct catalogue *c, struct text *why)
{
	for (size_t i = 0; i < c->cases; i++) {
		const struct check_case *k = c->item[i];
		struct text fault = TEXT_INIT(600);
		bool ok = k->head.process == NULL ||
			  process_case_known(k->head.process, &fault);
		if (!ok)
			text_printf(why, "%s:1: %s\n", k->file, text_cstr(&fault));
		text_clear(&fault);
	}
	return why->len == 0;
}

static bool
choose(struct run *run, struct text *why)
{
	const struct check_options *o = &run->options;
	struct text lines = TEXT_INIT(8 * MESSAGE_BYTES);
	bool ok = o->message == NULL || message(o->message, &lines, why);

	ok = ok &&
	     catalogue_read(&run->catalogue, o->cases,
		 o->message != NULL ? text_cstr(&lines) : NULL, why) &&
	     processes_known(&run->catalogue, why);
	text_clear(&lines);
	run->chosen = ok ? calloc(run->catalogue.cases + 1, sizeof *run->chosen) : NULL;
	if (run->chosen == NULL)
		return false;
	for (size_t i = 0; i < run->catalogue.cases; i++) {
		const struct check_case *k = run->catalogue.item[i];
		if (selection_has(&o->selection, &k->head,
			check_level_under(&k->head, o->profile->name)))
			run->chosen[run->chosens++] = k;
	}
	if (run->chosens == 0)
		text_printf(why, "no case is chosen; --list shows all there are");
	return run->chosens > 0;
}

/* --- what plays nothing --- */

static int
list(const struct run *run)
{
	for (size_t i = 0; i < run->chosens; i++) {
		const struct check_head *h = &run->chosen[i]->head;
		(void)printf(
		    "%-14s %-8s %s\n", h->id, check_level_names[h->level], h->says);
	}
	return SIM_OK;
}

static int
explain(const struct run *run)
{
	const struct check_case *k =
	    catalogue_find(&run->catalogue, run->options.explain);
	struct text source = TEXT_INIT(TRANSCRIPT_BYTES), why = TEXT_INIT(400);

	if (k == NULL) {
		text_printf(&why, "no case is called '%s'; --list shows all there are",
		    run->options.explain);
		return wrong(&why);
	}
	struct check_result r = {
		.head = k->head, .level = k->head.level, .outcome = CHECK_NOT_RUN
	};
	report_failure(&r, &source);
	(void)fputs(text_cstr(&source), stdout);
	text_clear(&source);
	if (!file_read(k->file, &source, &why))
		return wrong(&why);
	(void)printf("\n%s:\n\n%s", k->file, text_cstr(&source));
	text_clear(&source);
	return SIM_OK;
}

static int
dry_run(const struct run *run)
{
	const struct params *p = &run->options.params;

	for (size_t i = 0; i < run->chosens; i++) {
		const struct check_case *k = run->chosen[i];
		struct text all = TEXT_INIT(16 * 1024 * 1024);

		(void)printf("%s  %s\n", k->head.id, k->head.says);
		if (k->head.process != NULL)
			text_printf(&all, "   process: %s\n", k->head.process);
		else
			plan_print(&k->transcript, p->param, p->count, &all);
		(void)fputs(text_cstr(&all), stdout);
		text_clear(&all);
	}
	return SIM_OK;
}

/* --- the run --- */

static bool
write_report(const struct check_report *t, const struct report_wish *w)
{
	FILE *to = w->file != NULL ? fopen(w->file, "we") : stdout;
	bool ok = false;

	if (to == NULL) {
		(void)fprintf(
		    stderr, "milter-sim check: %s: %s\n", w->file, strerror(errno));
		return false;
	}
	switch (w->format) {
	case REPORT_TAP: ok = report_tap(t, to); break;
	case REPORT_JUNIT: ok = report_junit(t, to); break;
	case REPORT_JSON: ok = report_json(t, to); break;
	case REPORT_HTML: ok = report_html(t, 1, to); break;
	case N_REPORTS: break;
	}
	if (to != stdout && fclose(to) != 0)
		ok = false;
	if (!ok)
		(void)fprintf(stderr, "milter-sim check: %s: cannot be written\n",
		    w->file != NULL ? w->file : "standard output");
	return ok;
}

static bool
write_all(struct run *run)
{
	const struct check_options *o = &run->options;
	bool ok = true;

	if (run->terminal != NULL)
		terminal_end(run->terminal, &run->report);
	for (size_t i = 0; i < o->reports; i++)
		ok = write_report(&run->report, &o->report[i]) && ok;
	if (o->new_baseline != NULL && !baseline_write(&run->report, o->new_baseline)) {
		(void)fprintf(stderr, "milter-sim check: %s: %s\n", o->new_baseline,
		    strerror(errno));
		ok = false;
	}
	return ok;
}

static bool
begin_terminal(struct run *run)
{
	const struct check_head **head = calloc(run->chosens, sizeof *head);
	bool live = isatty(STDOUT_FILENO) != 0;

	for (size_t i = 0; i < run->options.reports; i++) {
		if (run->options.report[i].file == NULL) {
			free(head);
			return true; /* what is on stdout is for a program */
		}
	}
	if (head == NULL)
		return false;
	for (size_t i = 0; i < run->chosens; i++)
		head[i] = &run->chosen[i]->head;
	run->terminal = terminal_new(
	    stdout, live, live && getenv("NO_COLOR") == NULL, head, run->chosens);
	free(head);
	return run->terminal != NULL;
}

/* A run that was broken off has not passed. */
static int
end_code(const struct run *run)
{
	int code = check_exit(&run->report.tally, run->options.strict);

	return run->report.interrupted && code != SIM_DIFFERENT ? interrupt_exit() : code;
}

static int
play(struct run *run)
{
	struct check_options *o = &run->options;
	struct text why = TEXT_INIT(8000), known = TEXT_INIT(1024 * 1024);
	struct transcript healthy = { .steps = 0 };
	struct engine_config config = {
		.process = o->process,
		.address = &o->address,
		.name = o->name,
		.profile = o->profile,
		.hostile = o->hostile,
		.jobs = o->jobs,
		.seed = o->seed,
		.limits = { .answer_ms = o->answer_ms },
		.param = o->params.param,
		.params = o->params.count,
		.healthy = &healthy,
		.repeat = text_cstr(&o->repeat),
		.found = found,
		.self = run,
	};

	if ((o->baseline != NULL && !baseline_read(o->baseline, &known, &why)) ||
	    !healthy_read(&healthy, &why)) {
		transcript_clear(&healthy);
		text_clear(&known);
		return wrong(&why);
	}
	interrupt_take();
	if (!engine_run(&config, run->chosen, run->chosens, &run->report, &why))
		(void)fprintf(stderr, "milter-sim check: %s\n", text_cstr(&why));
	if (o->baseline != NULL)
		baseline_apply(&run->report, text_slice(&known), o->baseline);
	bool written = write_all(run);
	transcript_clear(&healthy);
	text_clear(&known);
	text_clear(&why);
	return written ? end_code(run) : SIM_USAGE;
}

static int
run_check(struct run *run)
{
	struct check_options *o = &run->options;

	run->report = (struct check_report){
		.milter = strdup(o->name != NULL ? o->name : ""),
		.profile = strdup(o->profile->name),
		.version = strdup(PACKAGE_VERSION),
		.seed = o->seed,
		.strict = o->strict,
	};
	if (run->report.milter == NULL || run->report.profile == NULL ||
	    run->report.version == NULL || !begin_terminal(run))
		return SIM_USAGE;
	return play(run);
}

int
check_main(int argc, char **argv)
{
	struct run *run = calloc(1, sizeof *run);
	struct text why = TEXT_INIT(64 * 1024);
	int code = SIM_USAGE;

	if (run == NULL) {
		perror("milter-sim check");
		return SIM_USAGE;
	}
	switch (check_options_read(&run->options, argc, argv)) {
	case OPTIONS_HELP: code = SIM_OK; goto out;
	case OPTIONS_WRONG: goto out;
	case OPTIONS_OK: break;
	}
	if (!choose(run, &why)) {
		code = wrong(&why);
		goto out;
	}
	switch (run->options.task) {
	case CHECK_LIST: code = list(run); break;
	case CHECK_EXPLAIN: code = explain(run); break;
	case CHECK_DRY_RUN: code = dry_run(run); break;
	case CHECK_RUN: code = run_check(run); break;
	}
out:
	terminal_free(run->terminal);
	check_report_clear(&run->report);
	catalogue_clear(&run->catalogue);
	check_options_clear(&run->options);
	free(run->chosen);
	free(run);
	text_clear(&why);
	return code;
}
