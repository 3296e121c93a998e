/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spam-milter - refuses listed senders for the recipients who asked for it.
 *
 * Only wiring: options to rules, and the ports to what stands behind them.
 */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "folders.h"
#include "glue/daemon.h"
#include "glue/metrics.h"
#include "glue/options.h"
#include "policy/spam/spam.h"
#include "store/client_tarpit.h"

enum { LIST_FILE_MAX = 512 << 20 }; /* bytes: some twenty million entries */

struct options {
	struct common_options common;
	char *senders, *recipients, *delimiters, *reply, *no_from_reply;
	int match, mixed, no_from;
	bool check_authenticated;
	long tarpit_refusals, tarpit_window, tarpit_delay;
	struct config_list local_domains;
};

static const char *const match_word[] = { "header", "envelope", "both", NULL };
static const char *const mixed_word[] = { "accept", "reject", "split", NULL };
static const char *const no_from_word[] = { "accept", "reject", NULL };

#define AT(member) offsetof(struct options, member)

/* clang-format off */
static const struct config_row row[] = {
	{ "senders", CONFIG_TEXT, AT(senders), MILTERS_CONFDIR "/spam-senders", 0, 0, NULL,
	    "file with the senders to refuse" },
	{ "recipients", CONFIG_TEXT, AT(recipients), MILTERS_CONFDIR "/spam-recipients", 0, 0, NULL,
	    "file with the recipients who asked for it, or the word all" },
	{ "match", CONFIG_CHOICE, AT(match), "header", 0, 0, match_word,
	    "what is looked up: header From, the envelope sender, or both" },
	{ "mixed", CONFIG_CHOICE, AT(mixed), "accept", 0, 0, mixed_word,
	    "mail to some who asked and some who did not: accept or reject it for all, or split" },
	{ "no-from", CONFIG_CHOICE, AT(no_from), "accept", 0, 0, no_from_word,
	    "mail whose From is missing or holds no address" },
	{ "reply", CONFIG_TEXT, AT(reply), "550 5.7.1 Rejected at the recipient's request", 0, 0, NULL,
	    "SMTP reply of a refusal; %f is the address that was found" },
	{ "no-from-reply", CONFIG_TEXT, AT(no_from_reply), "550 5.7.1 A From address is required", 0, 0, NULL,
	    "SMTP reply with no-from = reject" },
	{ "recipient-delimiter", CONFIG_TEXT, AT(delimiters), "+", 0, 0, NULL,
	    "characters that begin the detail of a local part" },
	{ "local-domains", CONFIG_LIST, AT(local_domains), "", 0, 0, NULL,
	    "domains of this host, for an address without one; empty: those that recipients names" },
	{ "check-authenticated", CONFIG_BOOL, AT(check_authenticated), "no", 0, 0, NULL,
	    "look also at mail of clients that logged in" },
	{ "tarpit-refusals", CONFIG_NUMBER, AT(tarpit_refusals), "0", 0, 1000000, NULL,
	    "refusals of one client within tarpit-window before it must wait; 0: nobody waits" },
	{ "tarpit-window", CONFIG_SECONDS, AT(tarpit_window), "10m", 1, 86400, NULL,
	    "see tarpit-refusals" },
	{ "tarpit-delay", CONFIG_SECONDS, AT(tarpit_delay), "5", 0, 300, NULL,
	    "how long each further refusal is held back; less than the MTA's patience" },
};
/* clang-format on */

struct rules {
	struct spam_rules spam; /* first: what the policy is given */
	struct address_list *senders, *recipients;
	struct name_list local_domains, recipient_domains;
	struct address_domains listed_domains; /* of the recipients */
};

static void
drop(void *rules)
{
	struct rules *r = rules;

	if (r == NULL)
		return;
	address_list_free(r->senders);
	address_list_free(r->recipients);
	address_domains_clear(&r->listed_domains);
	free(r);
}

static bool
load_list(const char *path, bool allow_all, struct address_list **ret, struct text *why)
{
	struct text content = TEXT_INIT(0);

	if (allow_all && strcmp(path, "all") == 0)
		return address_list_parse(SLICE("all"), "recipients", true, ret, why);
	bool ok = file_read(path, LIST_FILE_MAX, &content, why) &&
		  address_list_parse(text_slice(&content), path, allow_all, ret, why);
	text_clear(&content);
	return ok;
}

/* Recipients are this host's: where it does not say its domains, they do. */
static bool
fill_domains(struct rules *r, const struct options *o, struct text *why)
{
	r->local_domains =
	    (struct name_list){ o->local_domains.item, o->local_domains.count };
	r->recipient_domains = r->local_domains;
	r->spam.local_domains = &r->local_domains;
	r->spam.recipient_domains = &r->recipient_domains;
	if (r->local_domains.count > 0)
		return true;
	if (!address_list_domains(r->recipients, &r->listed_domains)) {
		text_printf(why, "out of memory");
		return false;
	}
	r->recipient_domains = address_domains_finish(&r->listed_domains);
	return true;
}

static void
fill(struct rules *r, const struct options *o)
{
	r->spam.senders = r->senders;
	r->spam.recipients = r->recipients;
	r->spam.match = (enum spam_match)o->match;
	r->spam.mixed = (enum spam_mixed)o->mixed;
	r->spam.no_from = (enum spam_no_from)o->no_from;
	r->spam.delimiters = o->delimiters;
	r->spam.pass_authenticated = !o->check_authenticated;
	r->spam.limits = (struct tarpit_limits){ .refusals = (unsigned)o->tarpit_refusals,
		.window_ms = (uint64_t)o->tarpit_window * 1000,
		.delay_ms = (unsigned)o->tarpit_delay * 1000 };
}

/* One for the life of the process: a reload forgets no client. */
static bool
connect_tarpit(struct spam_rules *r, struct text *why)
{
	static struct client_tarpit *clients;

	if (r->limits.refusals == 0)
		return true;
	if (clients == NULL && (clients = client_tarpit_new()) == NULL) {
		text_printf(why, "out of memory");
		return false;
	}
	r->tarpit = client_tarpit_port(clients);
	return true;
}

static bool
load_parts(struct rules *r, const struct options *o, struct text *why)
{
	if (!reply_parse("reply", slice_of(o->reply), '5', "f", &r->spam.reply, why) ||
	    !reply_parse_plain("no-from-reply", slice_of(o->no_from_reply), '5',
		&r->spam.no_from_reply, why) ||
	    !load_list(o->senders, false, &r->senders, why) ||
	    !load_list(o->recipients, true, &r->recipients, why))
		return false;
	fill(r, o);
	return fill_domains(r, o, why) && connect_tarpit(&r->spam, why);
}

static bool
load(const void *options, const struct report *report, void **ret_rules, struct text *why)
{
	struct rules *r = calloc(1, sizeof *r);

	(void)report;
	if (r == NULL) {
		text_printf(why, "out of memory");
		return false;
	}
	if (!load_parts(r, options, why)) {
		drop(r);
		return false;
	}
	*ret_rules = r;
	return true;
}

static void
announce_list(const struct address_list *list, const char *what, struct text *line)
{
	size_t duplicates = address_list_duplicates(list);

	text_printf(line, "%zu %s", address_list_count(list), what);
	if (duplicates > 0)
		text_printf(line, " (%zu more are duplicates)", duplicates);
}

static void
announce(const void *rules, struct text *line)
{
	const struct rules *r = rules;

	announce_list(r->senders, "senders", line);
	text_printf(line, ", ");
	if (address_list_has_all(r->recipients))
		text_printf(line, "for everybody");
	else
		announce_list(r->recipients, "recipients", line);
}

static void
measure(const void *rules, struct text *to)
{
	const struct rules *r = rules;
	const struct metrics_rules count[] = {
		{ "senders", address_list_count(r->senders) },
		{ "recipients", address_list_count(r->recipients) },
	};

	metrics_count_rules(to, spam_policy.name, count, 2);
}

static const struct rulebook rulebook = {
	.policy = &spam_policy,
	.options = { row, sizeof row / sizeof row[0] },
	.options_size = sizeof(struct options),
	.load = load,
	.drop = drop,
	.measure = measure,
	.announce = announce,
};

static const struct program spam_milter = {
	.name = "spam-milter",
	.summary = "refuses listed senders for the recipients who asked for it",
	.rulebook = &rulebook,
};

int
main(int argc, char **argv)
{
	return daemon_main(&spam_milter, argc, argv);
}
