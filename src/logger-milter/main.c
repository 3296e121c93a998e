/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * logger-milter - byte-exact copies of mail while a switch file exists.
 *
 * Only wiring: options to rules, and the ports to what stands behind them.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "folders.h"
#include "glue/daemon.h"
#include "glue/metrics.h"
#include "glue/options.h"
#include "logger-milter/export_command.h"
#include "policy/logger/logger.h"
#include "store/archive.h"
#include "store/switch_file.h"

enum { SELECTION_FILE_MAX = 64 << 20, ON_ERROR_TEMPFAIL = 1 };

struct options {
	struct common_options common;
	char *switch_file, *directory, *selection, *delimiters;
	int keep, on_error;
	long long body_bytes, min_free;
	bool keep_aborted;
	struct config_list local_domains;
};

static const char *const keep_word[] = { "all", "headers", "first", NULL };
static const char *const on_error_word[] = { "pass", "tempfail", NULL };

#define AT(member) offsetof(struct options, member)

/* clang-format off */
static const struct config_row row[] = {
	{ "switch", CONFIG_PATH, AT(switch_file), MILTERS_CONFDIR "/logger-on", 0, 0, NULL,
	    "messages are kept while this file exists" },
	{ "directory", CONFIG_TEXT, AT(directory), "/var/lib/logger-milter", 0, 0, NULL,
	    "Maildir for the copies; must exist" },
	{ "selection", CONFIG_TEXT, AT(selection), "", 0, 0, NULL,
	    "file with the addresses and domains to keep; empty: everybody's mail" },
	{ "recipient-delimiter", CONFIG_TEXT, AT(delimiters), "+", 0, 0, NULL,
	    "characters that begin the detail of a local part" },
	{ "local-domains", CONFIG_LIST, AT(local_domains), "", 0, 0, NULL,
	    "domains of this host, for an address without one; empty: those that selection names" },
	{ "keep", CONFIG_CHOICE, AT(keep), "all", 0, 0, keep_word,
	    "all, headers, or the first body-bytes of the body" },
	{ "body-bytes", CONFIG_BYTES, AT(body_bytes), "64k", 0, 0, NULL,
	    "how much of the body keep = first keeps" },
	{ "min-free", CONFIG_BYTES, AT(min_free), "100M", 0, 0, NULL,
	    "nothing new is kept while less than this is free on the disk; 0: no limit" },
	{ "on-error", CONFIG_CHOICE, AT(on_error), "pass", 0, 0, on_error_word,
	    "a message that cannot be kept: pass it without a copy, or tempfail it" },
	{ "keep-aborted", CONFIG_BOOL, AT(keep_aborted), "no", 0, 0, NULL,
	    "keep what came of refused, reset and lost messages, marked as aborted" },
};
/* clang-format on */

struct rules {
	struct logger_rules logger; /* first: what the policy is given */
	struct switch_file switch_file;
	struct selection *selection;
	struct name_list local_domains;
	struct archive *archive;
};

static long long
now(void *self)
{
	(void)self;
	return (long long)time(NULL);
}

static void
drop(void *rules)
{
	struct rules *r = rules;

	if (r == NULL)
		return;
	archive_close(r->archive);
	selection_free(r->selection);
	free(r);
}

static bool
load_selection(const struct options *o, struct selection **ret, struct text *why)
{
	struct text content = TEXT_INIT(0);

	*ret = NULL;
	if (o->selection[0] == '\0')
		return true;
	bool ok = file_read(o->selection, SELECTION_FILE_MAX, &content, why) &&
		  selection_parse(text_slice(&content), o->selection, ret, why);
	text_clear(&content);
	return ok;
}

static struct archive *
load_archive(const struct options *o, const struct report *report, struct text *why)
{
	static struct archive_totals totals;
	struct archive_options a = { .directory = o->directory,
		.totals = &totals,
		.min_free = (unsigned long long)o->min_free,
		.consequence = o->on_error == ON_ERROR_TEMPFAIL
				   ? "mail is tempfailed"
				   : "mail passes without a copy" };

	/* A file size limit shall be an error of write(), not the end of us. */
	(void)signal(SIGXFSZ, SIG_IGN);
	return archive_open(&a, report, why);
}

static struct address_habits
habits(struct rules *r, const struct options *o)
{
	r->local_domains =
	    (struct name_list){ o->local_domains.item, o->local_domains.count };
	bool said = r->local_domains.count > 0 || r->selection == NULL;
	return (struct address_habits){ o->delimiters,
		said ? &r->local_domains : selection_domains(r->selection) };
}

static void
fill(struct rules *r, const struct options *o, const struct report *report)
{
	r->switch_file = (struct switch_file){ o->switch_file, report };
	r->logger = (struct logger_rules){
		.on = switch_file_port(&r->switch_file),
		.clock = { now, NULL },
		.archive = archive_port(r->archive),
		.selection = r->selection,
		.habits = habits(r, o),
		.keep = (enum logger_keep)o->keep,
		.first_bytes = (unsigned long long)o->body_bytes,
		.tempfail = o->on_error == ON_ERROR_TEMPFAIL,
		.keep_aborted = o->keep_aborted,
	};
}

static bool
load(const void *options, const struct report *report, void **ret_rules, struct text *why)
{
	const struct options *o = options;
	struct rules *r = calloc(1, sizeof *r);

	if (r == NULL) {
		text_printf(why, "out of memory");
		return false;
	}
	if (!load_selection(o, &r->selection, why) ||
	    (r->archive = load_archive(o, report, why)) == NULL) {
		drop(r);
		return false;
	}
	fill(r, o, report);
	*ret_rules = r;
	return true;
}

/* -t must not take the lock of the daemon that serves, nor clean its directory. */
static bool
check(const void *options, struct text *why)
{
	const struct options *o = options;
	struct selection *s;
	bool ok = load_selection(o, &s, why) && archive_check(o->directory, why);

	selection_free(s);
	return ok;
}

static void
announce(const void *rules, struct text *line)
{
	const struct rules *r = rules;
	size_t cleaned = archive_cleaned(r->archive);

	if (r->selection == NULL)
		text_printf(line, "keeps everybody's mail");
	else
		text_printf(
		    line, "keeps the mail of %zu entries", selection_count(r->selection));
	text_printf(line, " while %s exists", r->switch_file.path);
	if (cleaned > 0)
		text_printf(line, ", %zu left-overs removed from tmp", cleaned);
}

static void
measure(const void *rules, struct text *to)
{
	const struct rules *r = rules;
	const struct metrics_rules count = { "selection",
		r->selection != NULL ? selection_count(r->selection) : 0 };

	metrics_count_rules(to, logger_policy.name, &count, 1);
	archive_measure(r->archive, to);
}

static const struct rulebook rulebook = {
	.policy = &logger_policy,
	.options = { row, sizeof row / sizeof row[0] },
	.options_size = sizeof(struct options),
	.load = load,
	.check = check,
	.drop = drop,
	.measure = measure,
	.announce = announce,
};

static const struct program logger_milter = {
	.name = "logger-milter",
	.summary = "keeps byte-exact copies of mail while a switch file exists",
	.rulebook = &rulebook,
	.command = export_command,
	.help = "  --export bsmtp|mbox [--cut] FILE...\n"
		"                          write stored messages to standard output and "
		"exit\n"
		"  --cut                   with --export: also those that were cut or "
		"aborted\n",
};

int
main(int argc, char **argv)
{
	return daemon_main(&logger_milter, argc, argv);
}
