/* SPDX-License-Identifier: BSD-2-Clause */
#include "second_stage.h"

#include "base/log.h"
#include "store/clamd.h"

enum { MS = 1000 };

static struct clamd_totals totals;

/* Each change is told, so there is no gate before this one. */
static void
tell_news(void *self, const char *cause, const char *text)
{
	(void)self;
	if (strcmp(cause, "up") == 0)
		log_notice("clamd: %s", text);
	else
		log_warning("clamd: %s", text);
}

static struct clamd_config
config_of(const struct options *o)
{
	static const struct report news = { tell_news, NULL };

	return (struct clamd_config){
		.servers = { o->clamd.item, o->clamd.count },
		.limits = { .connect = (unsigned)o->clamd_connect_timeout * MS,
		    .send = (unsigned)o->clamd_send_timeout * MS,
		    .answer = (unsigned)o->clamd_answer_timeout * MS },
		.sum_ms = (unsigned)o->clamd_timeout * MS,
		.look_ms = (unsigned)o->clamd_ping * MS,
		.places = (unsigned)o->clamd_connections,
		.by_descriptor = o->clamd_pass != 0,
		.memory = (size_t)o->clamd_memory,
		.spool = o->clamd_spool,
		.totals = &totals,
		.news = &news,
	};
}

bool
second_stage_open(const struct options *o, struct second_rules *ret, struct text *why)
{
	struct clamd_config config = config_of(o);
	struct text what = TEXT_INIT(600);

	*ret = (struct second_rules){ .source = { .begin = NULL } };
	if (o->clamd.count == 0)
		return true;
	struct clamd *c = clamd_new(&config, &what);
	if (c == NULL) {
		text_printf(why, "clamd: %s", text_cstr(&what));
		text_clear(&what);
		return false;
	}
	*ret = (struct second_rules){ .source = clamd_source(c),
		.max_size = (unsigned long long)o->clamd_max_size,
		.fail = (enum second_else)o->clamd_fail,
		.too_large = (enum second_else)o->too_large,
		.ignore = { o->clamd_ignore.item, o->clamd_ignore.count },
		.report = clamd_report(c) };
	return true;
}

void
second_stage_start(const struct second_rules *r)
{
	if (r->source.self != NULL)
		clamd_start(r->source.self);
}

void
second_stage_announce(const struct second_rules *r, struct text *line)
{
	if (r->source.self == NULL)
		return;
	text_printf(line, "; ");
	clamd_announce(r->source.self, line);
}

void
second_stage_measure(const struct second_rules *r, struct text *to)
{
	if (r->source.self != NULL)
		clamd_measure(r->source.self, to);
}

void
second_stage_close(const struct second_rules *r)
{
	clamd_close(r->source.self);
}
