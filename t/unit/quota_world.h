/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef T_UNIT_QUOTA_WORLD_H
#define T_UNIT_QUOTA_WORLD_H

/* A world of a handful of people, and play(): one MAIL and one RCPT in it. */

#include "policy/quota/quota.h"
#include "t/unit/runner.h"

enum { MARGIN = 25600, LIMIT = 26214400 }; /* the 25 KB and 25 MB of 2003 */

/* The world of this test: a handful of people. */
static const struct person {
	const char *name;
	struct usage usage;
	enum knowledge forward_known;
	unsigned forward;
	bool stale; /* the first answer is old and says full; asked again, it is empty */
} person[] = {
	{ .name = "empty", .usage = { .bytes_limit = LIMIT, .certain = true } },
	{ .name = "games",
	    .usage = { .bytes = LIMIT, .bytes_limit = LIMIT, .certain = true } },
	{ .name = "a-b", .usage = { .kind = USAGE_FULL, .certain = true } },
	{ .name = "postmaster", .usage = { .kind = USAGE_FULL, .certain = true } },
	{ .name = "stale",
	    .usage = { .kind = USAGE_FULL, .certain = false },
	    .stale = true },
	{ .name = "doubt", .usage = { .kind = USAGE_FULL, .certain = false } },
	{ .name = "self",
	    .usage = { .kind = USAGE_FULL, .certain = true },
	    .forward_known = KNOWN_YES,
	    .forward = FORWARD_SELF },
	{ .name = "away",
	    .usage = { .kind = USAGE_FULL, .certain = true },
	    .forward_known = KNOWN_YES,
	    .forward = FORWARD_ADDRESS },
	{ .name = "copy",
	    .usage = { .kind = USAGE_FULL, .certain = true },
	    .forward_known = KNOWN_YES,
	    .forward = FORWARD_SELF | FORWARD_ADDRESS },
	{ .name = "vacation",
	    .usage = { .kind = USAGE_FULL, .certain = true },
	    .forward_known = KNOWN_YES,
	    .forward = FORWARD_SELF | FORWARD_PROGRAM },
	{ .name = "tofile",
	    .usage = { .kind = USAGE_FULL, .certain = true },
	    .forward_known = KNOWN_YES,
	    .forward = FORWARD_FILE },
	{ .name = "dead",
	    .usage = { .kind = USAGE_FULL, .certain = true },
	    .forward_known = NOT_KNOWN },
	{ .name = "us er", .usage = { .kind = USAGE_FULL, .certain = true } },
	{ .name = "me@virtual.example",
	    .usage = { .kind = USAGE_FULL, .certain = true } },
};

static const struct {
	const char *name;
	struct alias alias;
} list[] = {
	{ "first.last", { .kinds = FORWARD_ADDRESS, .target = "games" } },
	{ "staff", { .kinds = FORWARD_ADDRESS } },
	{ "self", { .kinds = FORWARD_SELF } },
	{ "loop", { .kinds = FORWARD_ADDRESS, .target = "pool" } },
	{ "pool", { .kinds = FORWARD_ADDRESS, .target = "loop" } },
	{ "nobody-here", { .kinds = FORWARD_ADDRESS, .target = "ghost" } },
	{ "pipe", { .kinds = FORWARD_PROGRAM } },
	{ "games+out", { .kinds = FORWARD_ADDRESS } },
	{ "us er+*", { .kinds = FORWARD_ADDRESS } },
	{ "empty+*", { .kinds = FORWARD_ADDRESS, .target = "games" } },
	{ "a-b+*", { .kinds = FORWARD_ADDRESS, .target = "ghost" } },
	{ "me-*", { .kinds = FORWARD_ADDRESS } },
	{ "me+out", { .kinds = FORWARD_ADDRESS } },
};

static unsigned asked; /* how often anything was asked */

static const struct person *
find(struct slice name)
{
	for (size_t i = 0; i < COUNT(person); i++) {
		if (slice_equal(name, slice_of(person[i].name)))
			return &person[i];
	}
	return NULL;
}

static enum knowledge
world_alias(void *self, struct slice name, struct alias *ret)
{
	(void)self;
	asked++;
	for (size_t i = 0; i < COUNT(list); i++) {
		if (slice_equal(name, slice_of(list[i].name))) {
			*ret = list[i].alias;
			return KNOWN_YES;
		}
	}
	return slice_equal(name, SLICE("alias-unknown")) ? NOT_KNOWN : KNOWN_NO;
}

static enum knowledge
world_user(void *self, struct slice name)
{
	(void)self;
	asked++;
	if (slice_equal(name, SLICE("nss-down")))
		return NOT_KNOWN;
	return find(name) != NULL ? KNOWN_YES : KNOWN_NO;
}

static enum knowledge
world_usage(void *self, const struct usage_question *q, struct usage *ret)
{
	const struct person *p = find(q->mailbox);

	(void)self;
	asked++;
	if (p == NULL)
		return NOT_KNOWN;
	*ret = p->usage;
	if (p->stale && q->certain)
		*ret = (struct usage){ .bytes_limit = LIMIT, .certain = true };
	return KNOWN_YES;
}

static enum knowledge
world_forward(void *self, struct slice name, struct slice whole, unsigned *ret_kinds)
{
	const struct person *p = find(name);

	(void)self;
	asked++;
	ck_assert(slice_starts(whole, name));
	*ret_kinds = FORWARD_ADDRESS;
	if (slice_equal(whole, SLICE("games+elsewhere")))
		return KNOWN_YES;
	*ret_kinds = p->forward;
	if (slice_equal(name, SLICE("dead")))
		return NOT_KNOWN;
	return p->forward_known == KNOWN_YES ? KNOWN_YES : KNOWN_NO;
}

static char *local_mailers[] = { (char[]){ "local" } };
static char *local_domains[] = { (char[]){ "example.org" } };
static const struct address_list *
exempt(void)
{
	static struct address_list *exempt_list;
	struct text why = TEXT_INIT(500);

	if (exempt_list == NULL)
		ck_assert(address_list_parse(SLICE("vip\ngames@other.example"), "exempt",
		    true, &exempt_list, &why));
	return exempt_list;
}

static struct quota_rules
rules_new(void)
{
	return (struct quota_rules){
		.margin = MARGIN,
		.delimiters = "+-",
		.local_mailers = { local_mailers, 1 },
		.local_domains = { local_domains, 1 },
		.exempt = exempt(),
		.check_authenticated = true,
		.full = { "552", "5.2.2", "Mailbox full" },
		.unknown = { "451", "4.3.0", "Cannot look up the mailbox" },
		.world = { world_alias, world_user, world_usage, world_forward, NULL },
	};
}

/* What the MTA says of one recipient; the members are macro values. */
struct mta {
	const char *rcpt_mailer, *rcpt_addr, *auth_authen;
};

static struct slice
mta_macro(const void *self, const char *name)
{
	const struct mta *m = self;

	if (strcmp(name, "{rcpt_mailer}") == 0)
		return slice_of(m->rcpt_mailer);
	if (strcmp(name, "{rcpt_addr}") == 0)
		return slice_of(m->rcpt_addr);
	if (strcmp(name, "{auth_authen}") == 0)
		return slice_of(m->auth_authen);
	return (struct slice){ NULL, 0 };
}

struct dialogue {
	const char *client; /* NULL: 192.0.2.1 */
	const char *sender; /* NULL: <a@b.example> */
	const char *size;   /* NULL: none */
	const char *rcpt;
	struct mta mta;
};

static struct verdict
play(const struct quota_rules *rules, const struct dialogue *d, struct text *line)
{
	struct client client = { .address = slice_of(
				     d->client != NULL ? d->client : "192.0.2.1") };
	struct slice size = slice_of(d->size);
	struct envelope_event mail = {
		.path = slice_of(d->sender != NULL ? d->sender : "<a@b.example>"),
		.args = &size,
		.nargs = d->size != NULL,
		.macros = { mta_macro, &d->mta },
	};
	struct envelope_event rcpt = { .path = slice_of(d->rcpt),
		.macros = { mta_macro, &d->mta } };
	void *m = quota_policy.begin(rules, &client);

	ck_assert_ptr_nonnull(m);
	ck_assert_int_eq(quota_policy.mail(m, &mail).kind, VERDICT_CONTINUE);
	asked = 0;
	struct verdict v = quota_policy.rcpt(m, &rcpt);
	if (line != NULL)
		quota_policy.describe(m, line);
	ck_assert_int_eq(quota_policy.data(m).kind, VERDICT_ACCEPT);
	quota_policy.end(m);
	return v;
}

#define LOCAL(name)                                                                      \
	{                                                                                \
		.rcpt_mailer = "local", .rcpt_addr = (name)                              \
	}

#endif
