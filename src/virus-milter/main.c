/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "folders.h"
#include "glue/daemon.h"
#include "glue/metrics.h"
#include "options.h"
#include "policy/virus/virus.h"
#include "second_stage.h"
#include "store/signature_file.h"

static const char *const actions[] = { "reject", "tempfail", "log", NULL };
static const char *const fails[] = { "tempfail", "accept", NULL };
static const char *const too_large[] = { "tempfail", "accept", "reject", NULL };
static const char *const passes[] = { "stream", "descriptor", NULL };

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
	{ "reply", CONFIG_TEXT, AT(reply), "", 0, 0, NULL,
	  "codes and text for the client; %v is the signature's name" },

	{ "clamd", CONFIG_LIST, AT(clamd), "", 0, 0, NULL,
	  "servers that see the whole message at its end: unix:/path or inet:port@host; none: off" },
	{ "clamd-fail", CONFIG_CHOICE, AT(clamd_fail), "tempfail", 0, 0, fails,
	  "what happens to a message that no clamd can judge" },
	{ "clamd-max-size", CONFIG_BYTES, AT(clamd_max_size), "25M", 1, 1LL << 40, NULL,
	  "larger messages are not shown; not more than clamd's StreamMaxLength and MaxFileSize" },
	{ "too-large", CONFIG_CHOICE, AT(too_large), "tempfail", 0, 0, too_large,
	  "what happens to a message that is larger than that" },
	{ "clamd-ignore", CONFIG_LIST, AT(clamd_ignore), "", 0, 0, NULL,
	  "names that do not count when clamd finds them; * stands for any characters" },
	{ "clamd-pass", CONFIG_CHOICE, AT(clamd_pass), "stream", 0, 0, passes,
	  "how clamd gets a message; descriptor: as an open file, on a unix socket only" },
	{ "clamd-connections", CONFIG_NUMBER, AT(clamd_connections), "10", 1, 10000, NULL,
	  "messages that are with clamd at one time; the others wait" },
	{ "clamd-connect-timeout", CONFIG_SECONDS, AT(clamd_connect_timeout), "5s", 1, 3600, NULL,
	  "how long a connection may take, and an answer to PING" },
	{ "clamd-send-timeout", CONFIG_SECONDS, AT(clamd_send_timeout), "10s", 1, 3600, NULL,
	  "how long clamd may take nothing of a message" },
	{ "clamd-answer-timeout", CONFIG_SECONDS, AT(clamd_answer_timeout), "1m", 1, 3600, NULL,
	  "how long an answer may take after the last byte" },
	{ "clamd-timeout", CONFIG_SECONDS, AT(clamd_timeout), "2m", 1, 3600, NULL,
	  "how long all of it may take, the wait and every server; less than the MTA waits" },
	{ "clamd-ping", CONFIG_SECONDS, AT(clamd_ping), "1m", 1, 86400, NULL,
	  "time between two looks whether clamd answers" },
	{ "clamd-memory", CONFIG_BYTES, AT(clamd_memory), "256k", 0, 1LL << 30, NULL,
	  "of each message so much is kept in memory; a larger one goes into a file" },
	{ "clamd-spool", CONFIG_TEXT, AT(clamd_spool), "/var/lib/virus-milter", 0, 0, NULL,
	  "folder of those files, which have no names there" },
};
/* clang-format on */

static const char reply_class[] = {
	[VIRUS_REJECT] = '5', [VIRUS_TEMPFAIL] = '4', [VIRUS_LOG] = 0, /* never sent */
};

/* The usual reply is of the class that the action wants, one of the site's must be. */
static bool
complete(void *options)
{
	struct options *o = options;

	if (o->reply[0] != '\0')
		return true;
	free(o->reply);
	o->reply = strdup(o->action == VIRUS_TEMPFAIL ? TEMPFAIL_REPLY : REPLY);
	return o->reply != NULL;
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

	(void)report; /* clamd's troubles have a teller of their own */
	if (!reply_parse(
		"reply", slice_of(o->reply), reply_class[o->action], "v", &reply, why) ||
	    !signature_file_read(o->signatures, &limits, &signatures, why))
		return false;
	log_warnings(&signatures);
	struct virus_rules *r =
	    virus_rules_new(&signatures, (enum virus_action)o->action, &reply);
	signatures_clear(&signatures);
	if (r == NULL) {
		text_printf(why, "%s: out of memory", o->signatures);
		return false;
	}
	if (!second_stage_open(o, &r->second, why)) {
		virus_rules_free(r);
		return false;
	}
	*ret_rules = r;
	return true;
}

static void
start(void *rules)
{
	second_stage_start(&((struct virus_rules *)rules)->second);
}

static void
drop(void *rules)
{
	struct virus_rules *r = rules;

	if (r != NULL)
		second_stage_close(&r->second);
	virus_rules_free(r);
}

static void
announce(const void *rules, struct text *line)
{
	virus_rules_describe(rules, line);
	second_stage_announce(&((const struct virus_rules *)rules)->second, line);
}

static void
measure(const void *rules, struct text *to)
{
	const struct virus_rules *r = rules;
	const struct metrics_rules count = { "signatures", r->signatures.count };

	metrics_count_rules(to, virus_policy.name, &count, 1);
	second_stage_measure(&r->second, to);
}

int
main(int argc, char **argv)
{
	static const struct rulebook rulebook = {
		.policy = &virus_policy,
		.options = { rows, sizeof rows / sizeof rows[0] },
		.options_size = sizeof(struct options),
		.complete = complete,
		.load = load,
		.start = start,
		.drop = drop,
		.measure = measure,
		.announce = announce,
	};
	static const struct program program = {
		.name = "virus-milter",
		.summary = "Refuses mail whose body holds a known signature.",
		.rulebook = &rulebook,
	};

	return daemon_main(&program, argc, argv);
}
