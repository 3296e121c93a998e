/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/clamd.h"

#include <errno.h>
#include <stdlib.h>

#include "store/clamd_figures.h"
#include "store/clamd_teller.h"
#include "store/clamd_watch.h"
#include "store/places.h"
#include "store/spool.h"

enum { LINE_MAX_BYTES = 600 };

struct clamd {
	struct clamd_config config; /* .servers is not ours, .spool is */
	struct clamd_watch *watch;  /* has the servers */
	struct places places;
	struct clamd_tellers tell;
};

struct copy {
	struct clamd *clamd;
	struct spool *spool;
};

void
clamd_close(struct clamd *c)
{
	if (c == NULL)
		return;
	clamd_tellers_clear(&c->tell);
	clamd_watch_close(c->watch);
	free((void *)(size_t)c->config.spool);
	places_clear(&c->places);
	free(c);
}

/* The last one of the list, beside the others. */
static bool
is_sound(struct clamd_watch *w, bool by_descriptor, struct text *why)
{
	struct clamd_server *last = &w->server[w->servers - 1];

	for (size_t i = 0; i + 1 < w->servers; i++) {
		if (strcmp(w->server[i].name, last->name) == 0) {
			text_printf(why, "'%s' is there twice", last->name);
			return false;
		}
	}
	if (!by_descriptor || clamd_server_is_local(last))
		return true;
	text_printf(why,
	    "'%s' is no unix socket, so no descriptor can be passed to it; set "
	    "clamd-pass = stream",
	    last->name);
	return false;
}

static bool
add_server(struct clamd *c, const struct clamd_config *config, const char *name,
    struct text *why)
{
	struct text warning = TEXT_INIT(LINE_MAX_BYTES);
	struct clamd_watch *w = c->watch;
	bool ok = clamd_server_init(&w->server[w->servers], name, &warning, why);

	if (warning.len > 0)
		report_say(config->news, "trouble", text_cstr(&warning));
	text_clear(&warning);
	w->servers += ok;
	return ok && is_sound(w, config->by_descriptor, why);
}

static bool
add_servers(struct clamd *c, const struct clamd_config *config, struct text *why)
{
	if (config->servers.count > CLAMD_SERVERS_MAX) {
		text_printf(why, "more than %d servers", CLAMD_SERVERS_MAX);
		return false;
	}
	for (size_t i = 0; i < config->servers.count; i++) {
		if (!add_server(c, config, config->servers.item[i], why))
			return false;
	}
	return true;
}

static bool
fill(struct clamd *c, const struct clamd_config *config, struct text *why)
{
	c->config = *config;
	c->config.spool = strdup(config->spool);
	c->watch = clamd_watch_new(&config->limits, config->look_ms, config->news);
	if (!places_init(&c->places, config->places) || c->config.spool == NULL ||
	    c->watch == NULL || !clamd_tellers_init(&c->tell, config->news)) {
		text_printf(why, "out of memory");
		return false;
	}
	return add_servers(c, config, why) && spool_check(c->config.spool, why);
}

struct clamd *
clamd_new(const struct clamd_config *config, struct text *why)
{
	struct clamd *c = calloc(1, sizeof *c);

	if (c == NULL) {
		text_printf(why, "out of memory");
		return NULL;
	}
	if (fill(c, config, why))
		return c;
	clamd_close(c);
	return NULL;
}

void
clamd_start(struct clamd *c)
{
	clamd_watch_start(c->watch);
}

static void
count(atomic_ullong *to, unsigned long long n)
{
	atomic_fetch_add_explicit(to, n, memory_order_relaxed);
}

static void
drop(void *self)
{
	struct copy *copy = self;

	spool_free(copy->spool);
	free(copy);
}

static void *
begin(void *self)
{
	struct clamd *c = self;
	struct copy *copy = calloc(1, sizeof *copy);

	if (copy != NULL) {
		copy->clamd = c;
		copy->spool = spool_new(
		    c->config.memory, c->config.spool, &c->tell.of_copies.report);
	}
	if (copy != NULL && copy->spool != NULL)
		return copy;
	free(copy);
	count(&c->config.totals->trouble[CLAMD_SPOOL_TROUBLE], 1);
	report_say(&c->tell.of_copies.report, "no-memory",
	    "cannot keep a message for clamd; it cannot be judged");
	return NULL;
}

static bool
write_copy(void *self, struct slice bytes)
{
	struct copy *copy = self;

	if (spool_write(copy->spool, bytes))
		return true;
	count(&copy->clamd->config.totals->trouble[CLAMD_SPOOL_TROUBLE], 1);
	return false;
}

/* Those that were away at the last look come last, but are asked all the same. */
static void
order(struct clamd *c, struct clamd_server *ret[CLAMD_SERVERS_MAX])
{
	bool away[CLAMD_SERVERS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < c->watch->servers; i++) {
		away[i] = atomic_load(&c->watch->server[i].state) == CLAMD_AWAY;
		if (!away[i])
			ret[n++] = &c->watch->server[i];
	}
	for (size_t i = 0; i < c->watch->servers; i++) {
		if (away[i])
			ret[n++] = &c->watch->server[i];
	}
}

static void
note_trouble(struct clamd *c, const struct clamd_server *s, const struct clamd_link *l)
{
	struct text line = TEXT_INIT(LINE_MAX_BYTES);

	count(&c->config.totals->trouble[l->trouble], 1);
	if (l->trouble == CLAMD_GONE_TROUBLE)
		return;
	text_printf(&line, "%s: no verdict on a message: ", s->name);
	clamd_link_explain(l, &line);
	clamd_teller_trouble(&c->tell.of_server[s - c->watch->server],
	    clamd_trouble_name(l->trouble), text_cstr(&line));
	text_clear(&line);
	clamd_watch_ask(c->watch);
}

/* What gave this verdict is in no trouble: the server, and the file of a large message.
 */
static void
note_verdict(struct copy *copy, const struct clamd_server *s)
{
	struct clamd *c = copy->clamd;

	count(&c->config.totals->bytes, spool_size(copy->spool));
	clamd_teller_over(&c->tell.of_server[s - c->watch->server], s->name);
	if (spool_size(copy->spool) > c->config.memory)
		clamd_teller_over(&c->tell.of_copies, c->config.spool);
}

/* One server; NONE: the next one may know. */
static enum opinion
ask_server(struct copy *copy, struct clamd_server *s, const struct patience *sum,
    struct opinion_name *ret)
{
	struct clamd *c = copy->clamd;
	struct clamd_address a = clamd_server_address(s);
	struct clamd_link l = { .address = &a, .limits = &c->config.limits, .sum = sum };

	switch (clamd_link_scan(&l, copy->spool, c->config.by_descriptor)) {
	case CLAMD_CLEAN: note_verdict(copy, s); return OPINION_CLEAN;
	case CLAMD_FOUND:
		note_verdict(copy, s);
		ret->len = l.words.len;
		memcpy(ret->bytes, l.words.ptr, l.words.len);
		return OPINION_FOUND;
	case CLAMD_INCOMPLETE:
	case CLAMD_OTHER:
	case CLAMD_NONSENSE: break;
	}
	note_trouble(c, s, &l);
	return OPINION_NONE;
}

static enum opinion
ask_all(struct copy *copy, struct patience *sum, struct opinion_name *ret)
{
	struct clamd *c = copy->clamd;
	struct clamd_server *turn[CLAMD_SERVERS_MAX];
	enum opinion o = OPINION_NONE;

	order(c, turn);
	for (size_t i = 0; i < c->watch->servers && o == OPINION_NONE; i++) {
		if (patience_left(sum) == 0)
			break;
		o = ask_server(copy, turn[i], sum, ret);
	}
	return o;
}

static void
note_queue(struct clamd *c, int error)
{
	bool gone = error == ECANCELED;

	count(&c->config.totals->trouble[gone ? CLAMD_GONE_TROUBLE : CLAMD_BUSY_TROUBLE],
	    1);
	if (!gone)
		clamd_teller_trouble(&c->tell.of_queue,
		    clamd_trouble_name(CLAMD_BUSY_TROUBLE),
		    "no verdict on a message: all places (clamd-connections) were taken "
		    "for too long");
}

static enum opinion
ask(void *self, const struct progress *progress, struct opinion_name *ret)
{
	struct copy *copy = self;
	struct clamd *c = copy->clamd;
	struct patience sum = patience_begin(c->config.sum_ms, progress);
	enum opinion o = OPINION_NONE;

	count(&c->config.totals->now, 1);
	if (places_take(&c->places, &sum)) {
		clamd_teller_over(&c->tell.of_queue, "the queue for clamd");
		o = ask_all(copy, &sum, ret);
		places_give(&c->places);
	} else {
		note_queue(c, errno);
	}
	atomic_fetch_sub(&c->config.totals->now, 1);
	return o;
}

static void
count_outcome(void *self, enum second_outcome outcome)
{
	struct clamd *c = self;

	count(&c->config.totals->outcome[outcome], 1);
}

struct opinion_source
clamd_source(struct clamd *c)
{
	return (struct opinion_source){ .begin = begin,
		.write = write_copy,
		.ask = ask,
		.drop = drop,
		.count = count_outcome,
		.self = c };
}

const struct report *
clamd_report(struct clamd *c)
{
	return &c->tell.of_rules.report;
}

void
clamd_announce(const struct clamd *c, struct text *line)
{
	for (size_t i = 0; i < c->watch->servers; i++)
		text_printf(
		    line, "%s%s", i == 0 ? "clamd " : ", ", c->watch->server[i].name);
}

void
clamd_measure(const struct clamd *c, struct text *to)
{
	clamd_totals_measure(c->config.totals, c->watch, to);
}
