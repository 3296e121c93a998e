/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/mailboxes.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "store/alias_file.h"

enum { LIMITS_FILE_MAX = 64 << 20 };

struct mailboxes {
	struct look_up_sources sources;
	struct alias_files *aliases;
	struct workers *workers;
	unsigned user_lifetime_ms, answer_lifetime_ms;
	struct mailbox_totals *totals;
};

static void
names_clear(struct name_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->item[i]);
	free((void *)list->item);
	*list = (struct name_list){ 0 };
}

static bool
names_copy(struct name_list from, struct name_list *ret)
{
	char **item = calloc(from.count + 1, sizeof *item);

	if (item == NULL)
		return false;
	*ret = (struct name_list){ item, from.count };
	for (size_t i = 0; i < from.count; i++) {
		if ((item[i] = strdup(from.item[i])) == NULL)
			return false;
	}
	return true;
}

/* Also for half-made ones. */
static void
destroy(void *self)
{
	struct mailboxes *m = self;
	struct look_up_sources *s = &m->sources;

	alias_files_free(m->aliases);
	dialog_free(s->server);
	known_free(s->cache);
	limits_clear(&s->limits);
	names_clear(&s->forward_files);
	names_clear(&s->exempt_files);
	names_clear(&s->domains);
	free(s->maildir);
	free(s->spool);
	free(s->map);
	free(s->homes);
	free(s->delimiters);
	free(m);
}

static bool
read_limits(const char *path, struct limit_table *ret, struct text *why)
{
	struct text file, fault = TEXT_INIT(400);

	text_printf(why, "limits ");
	bool ok = file_read(path, LIMITS_FILE_MAX, &file, why);
	if (ok && !limits_parse(text_slice(&file), ret, &fault)) {
		text_printf(why, "'%s' %s", path, text_cstr(&fault));
		ok = false;
	}
	if (ok)
		text_clear(why);
	text_clear(&fault);
	text_clear(&file);
	return ok;
}

static bool
copy_config(struct look_up_sources *s, const struct mailboxes_config *c)
{
	s->source = c->source;
	s->honour_unsafe_forward = c->honour_unsafe_forward;
	s->time_limit_ms = c->time_limit_ms;
	return (s->maildir = strdup(c->maildir)) != NULL &&
	       (s->spool = strdup(c->spool)) != NULL &&
	       (s->map = strdup(c->map)) != NULL &&
	       (s->homes = strdup(c->homes)) != NULL &&
	       (s->delimiters = strdup(c->delimiters)) != NULL &&
	       names_copy(c->forward_files, &s->forward_files) &&
	       names_copy(c->exempt_files, &s->exempt_files) &&
	       names_copy(c->domains, &s->domains);
}

static bool
open_sources(struct mailboxes *m, const struct mailboxes_config *c, struct text *why)
{
	struct look_up_sources *s = &m->sources;
	bool needs_server = c->source == SOURCE_POLICY || c->source == SOURCE_SOCKETMAP;

	if (c->limits_path[0] != '\0' && !read_limits(c->limits_path, &s->limits, why))
		return false;
	if (needs_server && (s->server = dialog_new(c->server, why)) == NULL)
		return false;
	struct forward_owner here = { .domains = s->domains,
		.delimiters = s->delimiters };
	s->cache = known_new(c->cache_entries);
	m->workers = workers_new(c->threads);
	if (m->workers != NULL)
		m->aliases = alias_files_new(
		    c->aliases, &here, m->workers, c->time_limit_ms, s->report);
	if (s->cache != NULL && m->aliases != NULL && m->workers != NULL)
		return true;
	text_printf(why, "out of memory");
	return false;
}

struct mailboxes *
mailboxes_new(
    const struct mailboxes_config *config, const struct report *report, struct text *why)
{
	struct mailboxes *m = calloc(1, sizeof *m);

	if (m == NULL || !copy_config(&m->sources, config)) {
		text_printf(why, "out of memory");
		if (m != NULL)
			destroy(m);
		return NULL;
	}
	m->sources.report = report;
	m->user_lifetime_ms = config->user_lifetime_ms;
	m->answer_lifetime_ms = config->answer_lifetime_ms;
	m->totals = config->totals;
	if (open_sources(m, config, why))
		return m;
	mailboxes_close(m);
	return NULL;
}

void
mailboxes_close(struct mailboxes *m)
{
	if (m == NULL)
		return;
	if (m->workers != NULL)
		workers_close(m->workers, destroy, m);
	else
		destroy(m);
}

static void
report_missing(struct mailboxes *m, const struct look_up *l, enum asked how)
{
	static const char *const what[] = {
		[LOOK_UP_ACCOUNT] = "user",
		[LOOK_UP_USAGE] = "usage",
		[LOOK_UP_FORWARD] = ".forward",
	};
	struct text line = TEXT_INIT(500);

	text_printf(&line, "mailbox '");
	text_append_escaped(&line, slice_of(l->name), 64);
	if (how == ASKED_LATE)
		text_printf(&line, "': its %s is not known within %u ms", what[l->kind],
		    m->sources.time_limit_ms);
	else
		text_printf(&line,
		    "': its %s is not asked for: too many look-ups hang already",
		    what[l->kind]);
	report_say(
	    m->sources.report, how == ASKED_LATE ? "late" : "busy", text_cstr(&line));
	text_clear(&line);
}

/* What was found may be read only when it was asked to the end. */
static enum answer_way
way_of(const struct look_up *l, enum asked how)
{
	if (how != ASKED_DONE)
		return how == ASKED_LATE ? ANSWER_LATE : ANSWER_BUSY;
	const enum knowledge known[] = { [LOOK_UP_ACCOUNT] = l->found.is_user,
		[LOOK_UP_USAGE] = l->found.has_usage,
		[LOOK_UP_FORWARD] = l->found.has_forward };

	return known[l->kind] != NOT_KNOWN ? ANSWER_FOUND : ANSWER_FAILED;
}

static void
count(struct mailboxes *m, const struct look_up *l, enum asked how, long long since_us)
{
	if (m->totals == NULL)
		return;
	mailbox_count(m->totals, l->kind, way_of(l, how));
	histogram_add(&m->totals->waited, monotonic_us() - since_us);
}

/* Waits for the answer; one that does not come has no times set. */
static struct known
ask(struct mailboxes *m, struct look_up *l)
{
	struct known found = { .is_user = NOT_KNOWN };
	long long since_us = monotonic_us();

	if (l == NULL)
		return found;
	struct job *job = &l->job;
	enum asked how = workers_ask(m->workers, &job, m->sources.time_limit_ms);
	l = (struct look_up *)job;
	if (how == ASKED_DONE)
		found = l->found;
	else
		report_missing(m, l, how);
	count(m, l, how, since_us);
	workers_release(m->workers, job);
	return found;
}

static bool
is_good(long long put_at, unsigned lifetime_ms)
{
	return put_at != 0 && lifetime_ms != 0 &&
	       monotonic_coarse_ms() - put_at <= (long long)lifetime_ms;
}

static enum knowledge
find_alias(void *self, struct slice name, struct alias *ret)
{
	struct mailboxes *m = self;

	return alias_files_find(m->aliases, name, ret);
}

/* The account of `name`, from the cache or not. */
static struct known
account_of(struct mailboxes *m, struct slice name)
{
	struct known k = known_get(m->sources.cache, name);
	unsigned lifetime = m->user_lifetime_ms;

	if (k.is_user == KNOWN_NO && lifetime > NOBODY_LIFETIME_MS)
		lifetime = NOBODY_LIFETIME_MS;
	if (k.is_user != NOT_KNOWN && is_good(k.account_at, lifetime)) {
		mailbox_count(m->totals, LOOK_UP_ACCOUNT, ANSWER_CACHED);
		return k;
	}
	return ask(m, look_up_new(&m->sources, LOOK_UP_ACCOUNT, name, NULL));
}

static enum knowledge
find_user(void *self, struct slice name)
{
	return account_of(self, name).is_user;
}

/* A server judged the room that was asked for then: does that answer q, too? */
static bool
answers(const struct known *k, const struct usage_question *q)
{
	return k->has_usage == KNOWN_NO || k->usage.kind == USAGE_NUMBERS ||
	       (k->usage.kind == USAGE_FITS && q->room <= k->room) ||
	       (k->usage.kind == USAGE_FULL && q->room >= k->room);
}

static struct known
look_up_usage(struct mailboxes *m, const struct usage_question *q)
{
	struct known k = { .is_user = NOT_KNOWN };

	if (m->sources.source == SOURCE_MAILDIR) {
		k = account_of(m, q->mailbox);
		if (k.is_user != KNOWN_YES)
			return (struct known){ .has_usage = NOT_KNOWN };
	}
	struct look_up *l =
	    look_up_new(&m->sources, LOOK_UP_USAGE, q->mailbox, &k.account);
	if (l != NULL)
		look_up_ask_usage(l, q->room, q->certain);
	return ask(m, l);
}

static enum knowledge
find_usage(void *self, const struct usage_question *q, struct usage *ret)
{
	struct mailboxes *m = self;
	struct known k = known_get(m->sources.cache, q->mailbox);

	if (k.has_usage != NOT_KNOWN && is_good(k.usage_at, m->answer_lifetime_ms) &&
	    answers(&k, q)) {
		k.usage.certain = k.usage.certain && is_good(k.usage_at, FULL_CERTAIN_MS);
		*ret = k.usage;
		if (k.usage.certain || !q->certain) {
			mailbox_count(m->totals, LOOK_UP_USAGE, ANSWER_CACHED);
			return k.has_usage;
		}
	}
	k = look_up_usage(m, q);
	if (k.has_usage == KNOWN_YES)
		*ret = k.usage;
	return k.has_usage;
}

static struct look_up *
look_up_forward(const struct mailboxes *m, struct slice name, struct slice whole,
    const struct account *account)
{
	struct look_up *l = look_up_new(&m->sources, LOOK_UP_FORWARD, name, account);

	if (l != NULL)
		look_up_ask_detail(l, whole);
	return l;
}

static enum knowledge
find_forward(void *self, struct slice name, struct slice whole, unsigned *ret_kinds)
{
	struct mailboxes *m = self;
	struct known k = known_get(m->sources.cache, whole);

	if (k.has_forward == NOT_KNOWN || !is_good(k.forward_at, m->answer_lifetime_ms)) {
		k = account_of(m, name);
		if (k.is_user != KNOWN_YES)
			return k.is_user;
		k = ask(m, look_up_forward(m, name, whole, &k.account));
	} else {
		mailbox_count(m->totals, LOOK_UP_FORWARD, ANSWER_CACHED);
	}
	if (k.has_forward == KNOWN_YES)
		*ret_kinds = k.forward;
	return k.has_forward;
}

struct quota_world
mailboxes_port(struct mailboxes *m)
{
	return (struct quota_world){ find_alias, find_user, find_usage, find_forward, m };
}

size_t
mailboxes_aliases(struct mailboxes *m)
{
	return alias_files_count(m->aliases);
}

size_t
mailboxes_limits(const struct mailboxes *m)
{
	return m->sources.limits.count + (m->sources.limits.others != 0);
}

void
mailboxes_announce(struct mailboxes *m, struct text *line)
{
	text_printf(
	    line, "%zu aliases, %zu limits", mailboxes_aliases(m), mailboxes_limits(m));
}
