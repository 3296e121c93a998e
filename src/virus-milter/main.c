/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "folders.h"
#include "glue/daemon.h"
#include "glue/options.h"
#include "policy/virus/virus.h"
#include "store/signature_file.h"

struct options {
	struct common_options common; /* first: glue/daemon.h */
	char *signatures;
	long min_pattern;
	int action; /* enum virus_action */
	char *reply;
};

static const char *const actions[] = { "reject", "tempfail", "log", NULL };

#define REPLY          "550 5.7.0 VIRUS FOUND"
#define TEMPFAIL_REPLY "451 4.7.0 VIRUS FOUND"

#define AT(member)     offsetof(struct options, member)

/* clang-format off */
static const struct config_row rows[] = {
	{ "signatures", CONFIG_TEXT, AT(signatures), MILTERS_CONFDIR "/signatures", 0, 0, NULL,
	  "the signature file, see milter-signatures(5)" },
	{ "min-pattern", CONFIG_NUMBER, AT(min_pattern), "8", SIGNATURE_SHORTEST, 1000, NULL,
	  "patterns shorter than this many bytes are refused" },
	{ "action", CONFIG_CHOICE, AT(action), "reject", 0, 0, actions,
	  "what happens to a message with a signature; log: it passes, with a line" },
	{ "reply", CONFIG_TEXT, AT(reply), REPLY, 0, 0, NULL,
	  "codes and text for the client; %v is the signature's name" },
};
/* clang-format on */

static const char reply_class[] = {
	[VIRUS_REJECT] = '5', [VIRUS_TEMPFAIL] = '4', [VIRUS_LOG] = 0, /* never sent */
};

/* The usual reply is of the class that the action wants, one of the site's must be. */
static bool
load_reply(const struct options *o, struct reply_template *ret, struct text *why)
{
	bool usual = strcmp(o->reply, REPLY) == 0;
	const char *line =
	    usual && o->action == VIRUS_TEMPFAIL ? TEMPFAIL_REPLY : o->reply;

	return reply_parse(
	    "reply", slice_of(line), reply_class[o->action], "v", ret, why);
}

static void
log_warnings(const struct signatures *s)
{
	struct slice rest = text_slice(&s->warnings), line;

	while (slice_next_line(&rest, &line))
		log_warning("%.*s", (int)line.len, line.ptr);
}

static bool
load(const void *options, const struct report *report, void **ret_rules, struct text *why)
{
	const struct options *o = options;
	struct signature_rules limits = { (size_t)o->min_pattern };
	struct signatures signatures;
	struct reply_template reply;

	(void)report;
	if (!load_reply(o, &reply, why) ||
	    !signature_file_read(o->signatures, &limits, &signatures, why))
		return false;
	log_warnings(&signatures);
	*ret_rules = virus_rules_new(&signatures, (enum virus_action)o->action, &reply);
	signatures_clear(&signatures);
	if (*ret_rules == NULL)
		text_printf(why, "%s: out of memory", o->signatures);
	return *ret_rules != NULL;
}

static void
drop(void *rules)
{
	virus_rules_free(rules);
}

static void
announce(const void *rules, struct text *line)
{
	virus_rules_describe(rules, line);
}

int
main(int argc, char **argv)
{
	static const struct rulebook rulebook = {
		.policy = &virus_policy,
		.options = { rows, sizeof rows / sizeof rows[0] },
		.options_size = sizeof(struct options),
		.load = load,
		.drop = drop,
		.announce = announce,
	};
	static const struct program program = {
		.name = "virus-milter",
		.summary = "Refuses mail whose body holds a known signature.",
		.rulebook = &rulebook,
	};

	return daemon_main(&program, argc, argv);
}
