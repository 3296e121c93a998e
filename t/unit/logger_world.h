/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef T_UNIT_LOGGER_WORLD_H
#define T_UNIT_LOGGER_WORLD_H

/*
 * The world of logger-milter's tests, a switch, a date and an archive in memory, and
 * message(): one usual message in it.
 */

#include "policy/logger/logger.h"
#include "t/unit/runner.h"

struct world {
	bool on, begin_fails, commit_fails;
	size_t write_fails_at; /* the n-th write, from 1; 0: never */
	size_t begun, writes, committed, aborted;
	struct text stored, summary;
};

static const long long NOW = 20454LL * 86400;

static inline bool
world_is_on(void *self)
{
	return ((struct world *)self)->on;
}

static inline long long
world_now(void *self)
{
	(void)self;
	return NOW;
}

static inline void *
world_begin(void *self)
{
	struct world *w = self;

	if (w->begin_fails)
		return NULL;
	w->begun++;
	return w;
}

static inline bool
world_write(void *copy, struct slice bytes)
{
	struct world *w = copy;

	if (++w->writes == w->write_fails_at)
		return false;
	return text_append(&w->stored, bytes) == TEXT_OK;
}

static const char *
kind_name(enum logger_fact_kind kind)
{
	static const char *const name[] = { "client", "address", "helo", "from", "arg",
		"user", "mech", "tls", "cipher", "subject", "to", "rejected", "rarg",
		"mailer", "host", "addr", "qid" };

	return name[kind];
}

static inline bool
world_commit(void *copy, const struct logger_record *r)
{
	struct world *w = copy;

	w->committed++;
	for (size_t i = 0; i < r->nfacts; i++) {
		text_printf(&w->summary, "%s=", kind_name(r->fact[i].kind));
		text_append_escaped(&w->summary, r->fact[i].value, 300);
		text_printf(&w->summary, " ");
	}
	text_printf(&w->summary, "status=%d cut=%d h=%llu b=%llu/%llu", r->status, r->cut,
	    r->header_bytes, r->body_bytes, r->body_seen);
	if (r->facts_cut)
		text_printf(&w->summary, " facts-cut");
	ck_assert_int_eq(r->received, NOW);
	return !w->commit_fails;
}

static inline void
world_abort(void *copy)
{
	((struct world *)copy)->aborted++;
}

static struct world world;
static struct logger_rules rules;
static void *msg;

static inline void
set_up(void)
{
	world = (struct world){
		.on = true, .stored = TEXT_INIT(1 << 24), .summary = TEXT_INIT(1 << 24)
	};
	rules = (struct logger_rules){
		.habits = { "+", NULL },
		.on = { world_is_on, &world },
		.clock = { world_now, NULL },
		.archive = { world_begin, world_write, world_commit, world_abort,
		    &world },
	};
	msg = NULL;
}

static inline void
tear_down(void)
{
	if (msg != NULL)
		logger_policy.end(msg);
	text_clear(&world.stored);
	text_clear(&world.summary);
}

static inline struct slice
no_macro(const void *self, const char *name)
{
	if (self != NULL && strcmp(name, "{rcpt_mailer}") == 0)
		return slice_of(self);
	return (struct slice){ NULL, 0 };
}

static inline struct envelope_event
path(const char *p)
{
	return (
	    struct envelope_event){ .path = slice_of(p), .macros = { no_macro, NULL } };
}

static inline enum verdict_kind
mail(const char *from)
{
	static const struct client client = { .name = SLICE("mx.example"),
		.address = SLICE("192.0.2.1"),
		.helo = SLICE("there") };
	struct envelope_event ev = path(from);

	msg = logger_policy.begin(&rules, &client);
	ck_assert_ptr_nonnull(msg);
	return logger_policy.mail(msg, &ev).kind;
}

static inline void
rcpt(const char *to)
{
	struct envelope_event ev = path(to);

	ck_assert_int_eq(logger_policy.rcpt(msg, &ev).kind, VERDICT_CONTINUE);
}

static inline enum verdict_kind
eom(void)
{
	struct eom_event ev = { .macros = { no_macro, NULL } };

	return logger_policy.eom(msg, &ev).kind;
}

static inline void
content(const char *body)
{
	logger_policy.header(msg, SLICE("Subject"), SLICE(" hello"));
	logger_policy.eoh(msg);
	logger_policy.body(msg, slice_of(body));
}

/* A usual message; what data() answered if that ends it, else what eom() did. */
static inline enum verdict_kind
message(const char *from, const char *to, const char *body)
{
	enum verdict_kind kind = mail(from);

	if (kind != VERDICT_CONTINUE)
		return kind;
	rcpt(to);
	kind = logger_policy.data(msg).kind;
	if (kind != VERDICT_CONTINUE)
		return kind;
	content(body);
	return eom();
}

#endif
