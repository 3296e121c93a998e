/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/commands/check_options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/number.h"
#include "folders.h"
#include "sim/check/command.h"
#include "sim/transcript/script.h"

enum { READY_MS = 10000, STOP_MS = 10000, JOBS_DEFAULT = 4 };

enum option_key {
	KEY_SPAWN = 256,
	KEY_VIA,
	KEY_READY,
	KEY_PIDFILE,
	KEY_MILTER,
	KEY_HOSTILE,
	KEY_NAME,
	KEY_CLIENT,
	KEY_HELO,
	KEY_FROM,
	KEY_TO,
	KEY_MACRO,
	KEY_MESSAGE,
	KEY_PARAM,
	KEY_PROFILE,
	KEY_ONLY,
	KEY_SKIP,
	KEY_LEVEL,
	KEY_STRICT,
	KEY_BASELINE,
	KEY_WRITE_BASELINE,
	KEY_CASES,
	KEY_JOBS,
	KEY_SEED,
	KEY_TIMEOUT,
	KEY_LIST,
	KEY_EXPLAIN,
	KEY_DRY_RUN,
	KEY_REPORT,
	KEY_HELP,
};

static const struct option options[] = {
	{ "spawn", required_argument, NULL, KEY_SPAWN },
	{ "via", required_argument, NULL, KEY_VIA },
	{ "ready-within", required_argument, NULL, KEY_READY },
	{ "pidfile", required_argument, NULL, KEY_PIDFILE },
	{ "milter", required_argument, NULL, KEY_MILTER },
	{ "hostile", no_argument, NULL, KEY_HOSTILE },
	{ "name", required_argument, NULL, KEY_NAME },
	{ "client", required_argument, NULL, KEY_CLIENT },
	{ "helo", required_argument, NULL, KEY_HELO },
	{ "from", required_argument, NULL, KEY_FROM },
	{ "to", required_argument, NULL, KEY_TO },
	{ "macro", required_argument, NULL, KEY_MACRO },
	{ "message", required_argument, NULL, KEY_MESSAGE },
	{ "param", required_argument, NULL, KEY_PARAM },
	{ "profile", required_argument, NULL, KEY_PROFILE },
	{ "only", required_argument, NULL, KEY_ONLY },
	{ "skip", required_argument, NULL, KEY_SKIP },
	{ "level", required_argument, NULL, KEY_LEVEL },
	{ "strict", no_argument, NULL, KEY_STRICT },
	{ "baseline", required_argument, NULL, KEY_BASELINE },
	{ "write-baseline", required_argument, NULL, KEY_WRITE_BASELINE },
	{ "cases", required_argument, NULL, KEY_CASES },
	{ "jobs", required_argument, NULL, KEY_JOBS },
	{ "seed", required_argument, NULL, KEY_SEED },
	{ "timeout", required_argument, NULL, KEY_TIMEOUT },
	{ "list", no_argument, NULL, KEY_LIST },
	{ "explain", required_argument, NULL, KEY_EXPLAIN },
	{ "dry-run", no_argument, NULL, KEY_DRY_RUN },
	{ "report", required_argument, NULL, KEY_REPORT },
	{ "help", no_argument, NULL, KEY_HELP },
	{ NULL, 0, NULL, 0 },
};

static bool
one_of(const char *const *names, int n, const char *value, int *ret, struct text *why)
{
	for (int i = 0; i < n; i++) {
		if (strcmp(names[i], value) == 0) {
			*ret = i;
			return true;
		}
	}
	text_printf(why, "is one of");
	for (int i = 0; i < n; i++)
		text_printf(why, " %s", names[i]);
	return false;
}

static bool
add_glob(const char **list, size_t *n, const char *value, struct text *why)
{
	if (*n == SELECT_MAX) {
		text_printf(why, "more than %d of them", SELECT_MAX);
		return false;
	}
	list[(*n)++] = value;
	return true;
}

static bool
report_wish(struct check_options *o, const char *value, struct text *why)
{
	static const char *const names[N_REPORTS] = {
		[REPORT_TAP] = "tap",
		[REPORT_JUNIT] = "junit",
		[REPORT_JSON] = "json",
		[REPORT_HTML] = "html",
	};
	size_t equals = strcspn(value, "=");
	char *format = strndup(value, equals);
	int i = 0;
	bool ok = format != NULL && one_of(names, N_REPORTS, format, &i, why);

	free(format);
	if (ok && o->reports == REPORTS_MAX) {
		text_printf(why, "more than %d of them", REPORTS_MAX);
		ok = false;
	}
	if (ok)
		o->report[o->reports++] = (struct report_wish){ (enum report_format)i,
			value[equals] == '=' ? value + equals + 1 : NULL };
	return ok;
}

static bool
number(const char *value, uint64_t most, uint64_t *ret, struct text *why)
{
	if (number_parse(slice_of(value), ret) && *ret <= most)
		return true;
	text_printf(why, "is a number up to %llu", (unsigned long long)most);
	return false;
}

static bool
set_milter(struct check_options *o, int key, const char *value, struct text *why)
{
	switch (key) {
	case KEY_SPAWN: o->process.command = value; return true;
	case KEY_READY: return time_read(slice_of(value), &o->process.ready_ms, why);
	case KEY_PIDFILE: o->process.pidfile = value; return true;
	case KEY_HOSTILE: o->hostile = true; return true;
	case KEY_NAME: o->name = value; return true;
	case KEY_MILTER:
		o->milter = value;
		return socket_address_parse(slice_of(value), &o->address, why);
	case KEY_VIA: return socket_kind_read(&o->process.kind, value, why);
	}
	return false;
}

static bool
set_sent(struct check_options *o, int key, const char *value, struct text *why)
{
	switch (key) {
	case KEY_CLIENT: return params_client(&o->params, value, why);
	case KEY_HELO: return params_set(&o->params, "helo", value, why);
	case KEY_FROM: return params_path(&o->params, "from", value, why);
	case KEY_TO: return params_path(&o->params, "to", value, why);
	case KEY_MACRO: return params_macro(&o->params, value, why);
	case KEY_MESSAGE: o->message = value; return true;
	case KEY_PARAM: return params_assign(&o->params, value, why);
	}
	return false;
}

static bool
set_profile(struct check_options *o, const char *value, struct text *why)
{
	o->profile = profile_named(slice_of(value));
	if (o->profile == NULL)
		text_printf(why, "is one of %s", profile_names());
	return o->profile != NULL;
}

static bool
set_level(struct check_options *o, const char *value, struct text *why)
{
	int level = 0;
	bool ok = one_of(check_level_names, N_CHECK_LEVELS, value, &level, why);

	o->selection.level = (enum check_level)level;
	return ok;
}

static bool
set_cases(struct check_options *o, int key, const char *value, struct text *why)
{
	struct selection *s = &o->selection;
	uint64_t n = 0;
	bool ok = true;

	switch (key) {
	case KEY_PROFILE: return set_profile(o, value, why);
	case KEY_ONLY: return add_glob(s->only, &s->onlys, value, why);
	case KEY_SKIP: return add_glob(s->skip, &s->skips, value, why);
	case KEY_LEVEL: return set_level(o, value, why);
	case KEY_STRICT: o->strict = true; return true;
	case KEY_BASELINE: o->baseline = value; return true;
	case KEY_WRITE_BASELINE: o->new_baseline = value; return true;
	case KEY_CASES: o->cases = value; return true;
	case KEY_JOBS:
		ok = number(value, JOBS_MAX, &n, why);
		o->jobs = (unsigned)n;
		return ok;
	case KEY_SEED:
		ok = number(value, UINT64_MAX >> 1, &n, why);
		o->seed = n;
		return ok;
	case KEY_TIMEOUT: return time_read(slice_of(value), &o->answer_ms, why);
	}
	return false;
}

static bool
set_shown(struct check_options *o, int key, const char *value, struct text *why)
{
	switch (key) {
	case KEY_LIST: o->task = CHECK_LIST; return true;
	case KEY_DRY_RUN: o->task = CHECK_DRY_RUN; return true;
	case KEY_EXPLAIN:
		o->task = CHECK_EXPLAIN;
		o->explain = value;
		return true;
	case KEY_REPORT: return report_wish(o, value, why);
	}
	return false;
}

/* The same once more, but for one case; as a shell reads it. */
static void
remember(struct check_options *o, int index, const char *value)
{
	int key = options[index].val;

	if (key == KEY_ONLY || key == KEY_SKIP || key == KEY_LEVEL || key == KEY_JOBS ||
	    key == KEY_BASELINE || key == KEY_WRITE_BASELINE || key == KEY_REPORT)
		return;
	text_printf(&o->repeat, " --%s", options[index].name);
	if (value == NULL)
		return;
	text_printf(&o->repeat, " '");
	for (; *value != '\0'; value++)
		text_printf(&o->repeat, *value == '\'' ? "'\\''" : "%c", *value);
	text_printf(&o->repeat, "'");
}

static bool
set_option(struct check_options *o, int key, const char *value, struct text *why)
{
	if (key <= KEY_NAME)
		return set_milter(o, key, value, why);
	if (key <= KEY_PARAM)
		return set_sent(o, key, value, why);
	if (key <= KEY_TIMEOUT)
		return set_cases(o, key, value, why);
	return set_shown(o, key, value, why);
}

static bool
complete(struct check_options *o, int left, struct text *why)
{
	bool plays = o->task == CHECK_RUN;
	const char *command = o->process.command;

	if (left > 0)
		text_printf(why, "takes no arguments; cases are chosen with --only");
	else if (plays && command == NULL && o->milter == NULL)
		text_printf(why, "which milter?  --spawn './mymilter {socket}', or "
				 "--milter unix:/path of one that runs");
	else if (command != NULL && o->milter != NULL)
		text_printf(why, "--spawn and --milter exclude each other");
	else if (o->process.pidfile != NULL && command == NULL)
		text_printf(why, "--pidfile goes with --spawn");
	if (why->len == 0 && command != NULL)
		(void)command_socket_kind(command, &o->process.kind, why);
	if (o->name == NULL)
		o->name = command != NULL ? command : o->milter;
	return why->len == 0;
}

static void
defaults(struct check_options *o)
{
	*o = (struct check_options){
		.process = { .ready_ms = READY_MS, .stop_ms = STOP_MS },
		.profile = &profile_strict,
		.cases = CASES_DIR,
		.selection = { .level = CHECK_INFO },
		.params = PARAMS_INIT,
		.seed = 1,
		.jobs = JOBS_DEFAULT,
		.repeat = TEXT_INIT((size_t)64 * 1024),
	};
	text_printf(&o->repeat, "milter-sim check");
}

enum options_end
check_options_read(struct check_options *o, int argc, char **argv)
{
	struct text why = TEXT_INIT(600);
	bool ok = true;
	int key, index = 0;

	defaults(o);
	while (ok && (key = getopt_long(argc, argv, "", options, &index)) != -1) {
		if (key == KEY_HELP) {
			(void)fputs(check_help, stdout);
			return OPTIONS_HELP;
		}
		ok = key != '?' && set_option(o, key, optarg, &why);
		if (ok)
			remember(o, index, optarg);
		else if (why.len > 0)
			(void)fprintf(
			    stderr, "milter-sim check: --%s ", options[index].name);
	}
	if (ok && (ok = complete(o, argc - optind, &why)) == false)
		(void)fputs("milter-sim check: ", stderr);
	if (!ok)
		(void)fprintf(
		    stderr, "%s\nmilter-sim check --help tells more\n", text_cstr(&why));
	text_clear(&why);
	return ok ? OPTIONS_OK : OPTIONS_WRONG;
}

void
check_options_clear(struct check_options *o)
{
	params_clear(&o->params);
	text_clear(&o->repeat);
}
