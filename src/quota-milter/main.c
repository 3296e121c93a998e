/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * quota-milter - refuses mail for a full mailbox at RCPT.
 *
 * Only wiring: options to rules, and the ports to the mailboxes behind them.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "glue/daemon.h"
#include "glue/metrics.h"
#include "glue/options.h"
#include "policy/quota/quota.h"
#include "store/mailboxes.h"

struct options {
	struct common_options common; /* first: glue/daemon.h */
	int source, mailbox_names, unknown, unsafe_forward, local_clients;
	char *maildir, *spool, *limits, *server, *map, *homes, *delimiters;
	char *reply, *unknown_reply;
	long long margin;
	struct config_list aliases, forward_files, exempt_files, exempt;
	struct config_list local_mailers, local_domains;
	bool follow_aliases, check_local_copy, check_authenticated;
	long time_limit, user_lifetime, answer_lifetime, lookups, cache_size;
};

static const char *const source_word[] = { "maildir", "mbox", "quota-status", "socketmap",
	NULL };
static const char *const names_word[] = { "user", "address", NULL };
static const char *const unknown_word[] = { "accept", "tempfail", NULL };
static const char *const unsafe_word[] = { "ignore", "honour", NULL };
static const char *const clients_word[] = { "when-safe", "check", "skip", NULL };

#define AT(member) offsetof(struct options, member)

/* clang-format off */
static const struct config_row row[] = {
	{ "source", CONFIG_CHOICE, AT(source), "maildir", 0, 0, source_word,
	    "who knows how full a mailbox is" },
	{ "maildir", CONFIG_TEXT, AT(maildir), "Maildir", 0, 0, NULL,
	    "with source = maildir: the Maildir beneath the home" },
	{ "spool", CONFIG_PATH, AT(spool), "/var/mail", 0, 0, NULL,
	    "with source = mbox: folder of the mailbox files" },
	{ "limits", CONFIG_TEXT, AT(limits), "", 0, 0, NULL,
	    "file with a limit for each user, for mbox and for a Maildir without maildirsize" },
	{ "server", CONFIG_TEXT, AT(server), "", 0, 0, NULL,
	    "with source = quota-status or socketmap: unix:/path or inet:port@host" },
	{ "map", CONFIG_TEXT, AT(map), "quota", 0, 0, NULL,
	    "with source = socketmap: name of the map" },
	{ "homes", CONFIG_PATH, AT(homes), "", 0, 0, NULL,
	    "folder with a home for each mailbox; empty: homes of the system's users" },
	{ "mailbox-name", CONFIG_CHOICE, AT(mailbox_names), "user", 0, 0, names_word,
	    "what a mailbox is called: the user, or the whole address" },
	{ "margin", CONFIG_BYTES, AT(margin), "25k", 0, 1LL << 50, NULL,
	    "a mailbox is full this much below its limit; a tenth of the limit at most" },
	{ "reply", CONFIG_TEXT, AT(reply), "552 5.2.2 Mailbox full", 0, 0, NULL,
	    "SMTP reply of a refusal; a 4yz code makes the client try again" },
	{ "unknown", CONFIG_CHOICE, AT(unknown), "accept", 0, 0, unknown_word,
	    "a recipient of whom it cannot be found out" },
	{ "unknown-reply", CONFIG_TEXT, AT(unknown_reply),
	    "451 4.3.0 Mailbox cannot be looked up, try again later", 0, 0, NULL,
	    "SMTP reply with unknown = tempfail" },
	{ "exempt", CONFIG_LIST, AT(exempt), "", 0, 0, NULL,
	    "recipients that are never refused, user or user@domain; postmaster always is one" },
	{ "local-mailers", CONFIG_LIST, AT(local_mailers), "local", 0, 0, NULL,
	    "values of {rcpt_mailer} that save here" },
	{ "local-domains", CONFIG_LIST, AT(local_domains), "localhost", 0, 0, NULL,
	    "this host's domains, beside its name: in .forward, and without {rcpt_mailer}" },
	{ "recipient-delimiter", CONFIG_TEXT, AT(delimiters), "+", 0, 0, NULL,
	    "characters that begin the detail of a local part" },
	{ "aliases", CONFIG_LIST, AT(aliases), "/etc/aliases", 0, 0, NULL,
	    "the MTA's alias files; an alias is not checked" },
	{ "follow-aliases", CONFIG_BOOL, AT(follow_aliases), "no", 0, 0, NULL,
	    "an alias that is one local name: check that mailbox" },
	{ "forward-files", CONFIG_LIST, AT(forward_files), ".forward+,.forward", 0, 0, NULL,
	    "files beneath the home; the first that is there says where mail goes" },
	{ "unsafe-forward", CONFIG_CHOICE, AT(unsafe_forward), "ignore", 0, 0, unsafe_word,
	    "a .forward that others may write: ignore, as sendmail does, or honour" },
	{ "exempt-files", CONFIG_LIST, AT(exempt_files), "", 0, 0, NULL,
	    "files beneath the home; where one is there, a program takes the mail" },
	{ "check-local-copy", CONFIG_BOOL, AT(check_local_copy), "no", 0, 0, NULL,
	    "check also who forwards and keeps a copy here" },
	{ "check-authenticated", CONFIG_BOOL, AT(check_authenticated), "yes", 0, 0, NULL,
	    "check also mail of clients that logged in" },
	{ "local-clients", CONFIG_CHOICE, AT(local_clients), "when-safe", 0, 0, clients_word,
	    "mail from this host; when-safe: where the MTA sends {rcpt_mailer}" },
	{ "time-limit", CONFIG_SECONDS, AT(time_limit), "2s", 1, 60, NULL,
	    "how long one look-up may take" },
	{ "lookups", CONFIG_NUMBER, AT(lookups), "512", 4, 10000, NULL,
	    "look-ups at one time, the hanging ones included" },
	{ "user-lifetime", CONFIG_SECONDS, AT(user_lifetime), "5m", 0, 86400, NULL,
	    "how long a user's home is remembered; 0: never" },
	{ "answer-lifetime", CONFIG_SECONDS, AT(answer_lifetime), "15s", 0, 3600, NULL,
	    "how long usage and .forward are remembered; 0: never" },
	{ "cache-size", CONFIG_NUMBER, AT(cache_size), "16384", 4, 10000000, NULL,
	    "mailboxes remembered at one time" },
};
/* clang-format on */

struct rules {
	struct quota_rules quota; /* first: what the policy is given */
	struct mailboxes *mailboxes;
	struct config_list domains; /* those configured and the host's name */
	struct address_list *exempt;
};

static void
drop(void *rules)
{
	struct rules *r = rules;

	if (r == NULL)
		return;
	mailboxes_close(r->mailboxes);
	address_list_free(r->exempt);
	for (size_t i = 0; i < r->domains.count; i++)
		free(r->domains.item[i]);
	free((void *)r->domains.item);
	free(r);
}

static bool
add_domain(struct config_list *list, const char *name)
{
	if ((list->item[list->count] = strdup(name)) == NULL)
		return false;
	list->count++;
	return true;
}

static bool
collect_domains(const struct options *o, struct config_list *ret)
{
	char host[256] = "";

	ret->item = calloc(o->local_domains.count + 1, sizeof ret->item[0]);
	if (ret->item == NULL)
		return false;
	for (size_t i = 0; i < o->local_domains.count; i++) {
		if (!add_domain(ret, o->local_domains.item[i]))
			return false;
	}
	return gethostname(host, sizeof host - 1) == -1 || host[0] == '\0' ||
	       add_domain(ret, host);
}

static struct name_list
names(const struct config_list *list)
{
	return (struct name_list){ list->item, list->count };
}

/* The key is a list as any other, of one entry an item. */
static bool
load_exempt(const struct config_list *items, struct address_list **ret, struct text *why)
{
	struct text content = TEXT_INIT(SIZE_MAX); /* the file it came from is bounded */
	bool ok = true;

	for (size_t i = 0; i < items->count && ok; i++)
		ok = text_append(&content, slice_of(items->item[i])) == TEXT_OK &&
		     text_append(&content, SLICE("\n")) == TEXT_OK;
	if (!ok)
		text_printf(why, "out of memory");
	ok = ok && address_list_parse(text_slice(&content), "exempt", true, ret, why);
	text_clear(&content);
	return ok;
}

static struct mailbox_totals totals;

/* What reads files needs homes; what reads mbox needs limits; servers need neither. */
static bool
makes_sense(const struct options *o, struct text *why)
{
	bool server = o->source == SOURCE_POLICY || o->source == SOURCE_SOCKETMAP;

	if (server && o->server[0] == '\0')
		text_printf(why,
		    "source = %s needs server = unix:/path or inet:port@host",
		    source_word[o->source]);
	else if (!server && o->mailbox_names != 0)
		text_printf(why, "mailbox-name = address needs source = quota-status or "
				 "socketmap");
	else if (o->source == SOURCE_MBOX && o->limits[0] == '\0')
		text_printf(why, "source = mbox needs limits = FILE with a line such as "
				 "\"* 25M\"");
	else
		return true;
	return false;
}

static struct mailboxes *
open_mailboxes(const struct options *o, const struct config_list *domains,
    const struct report *report, struct text *why)
{
	struct mailboxes_config c = {
		.source = (enum usage_source)o->source,
		.maildir = o->maildir,
		.spool = o->spool,
		.limits_path = o->limits,
		.server = o->server,
		.map = o->map,
		.homes = o->homes,
		.aliases = names(&o->aliases),
		.forward_files = names(&o->forward_files),
		.exempt_files = names(&o->exempt_files),
		.domains = names(domains),
		.delimiters = o->delimiters,
		.honour_unsafe_forward = o->unsafe_forward != 0,
		.time_limit_ms = (unsigned)o->time_limit * 1000,
		.user_lifetime_ms = (unsigned)o->user_lifetime * 1000,
		.answer_lifetime_ms = (unsigned)o->answer_lifetime * 1000,
		.threads = (unsigned)o->lookups,
		.cache_entries = (size_t)o->cache_size,
		.totals = &totals,
	};

	return mailboxes_new(&c, report, why);
}

static void
fill(struct quota_rules *q, const struct options *o)
{
	q->margin = (uint64_t)o->margin;
	q->delimiters = o->delimiters;
	q->local_mailers = names(&o->local_mailers);
	q->names_are_addresses = o->mailbox_names != 0;
	q->follow_aliases = o->follow_aliases;
	q->check_local_copy = o->check_local_copy;
	q->check_authenticated = o->check_authenticated;
	q->local_clients = (enum local_clients)o->local_clients;
	q->tempfail_unknown = o->unknown != 0;
}

static bool
load_parts(struct rules *r, const struct options *o, const struct report *report,
    struct text *why)
{
	if (!makes_sense(o, why) ||
	    !reply_parse_plain("reply", slice_of(o->reply), 0, &r->quota.full, why) ||
	    !reply_parse_plain("unknown-reply", slice_of(o->unknown_reply), '4',
		&r->quota.unknown, why) ||
	    !load_exempt(&o->exempt, &r->exempt, why))
		return false;
	r->quota.exempt = r->exempt;
	if (!collect_domains(o, &r->domains)) {
		text_printf(why, "out of memory");
		return false;
	}
	fill(&r->quota, o);
	r->quota.local_domains = names(&r->domains);
	r->mailboxes = open_mailboxes(o, &r->domains, report, why);
	if (r->mailboxes == NULL)
		return false;
	r->quota.world = mailboxes_port(r->mailboxes);
	return true;
}

static bool
load(const void *options, const struct report *report, void **ret_rules, struct text *why)
{
	struct rules *r = calloc(1, sizeof *r);

	if (r == NULL) {
		text_printf(why, "out of memory");
		return false;
	}
	if (!load_parts(r, options, report, why)) {
		drop(r);
		return false;
	}
	*ret_rules = r;
	return true;
}

static void
announce(const void *rules, struct text *line)
{
	mailboxes_announce(((const struct rules *)rules)->mailboxes, line);
}

static void
measure(const void *rules, struct text *to)
{
	struct mailboxes *m = ((const struct rules *)rules)->mailboxes;
	const struct metrics_rules count[] = {
		{ "aliases", mailboxes_aliases(m) },
		{ "limits", mailboxes_limits(m) },
	};

	metrics_count_rules(to, quota_policy.name, count, 2);
	mailbox_totals_measure(&totals, to);
}

static const struct rulebook rulebook = {
	.policy = &quota_policy,
	.options = { row, sizeof row / sizeof row[0] },
	.options_size = sizeof(struct options),
	.load = load,
	.drop = drop,
	.measure = measure,
	.announce = announce,
};

static const struct program quota_milter = {
	.name = "quota-milter",
	.summary = "refuses mail for a full mailbox at RCPT",
	.rulebook = &rulebook,
};

int
main(int argc, char **argv)
{
	return daemon_main(&quota_milter, argc, argv);
}
