/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/check/engine.h"

#include <pthread.h>
#include <stdlib.h>

#include "sim/check/habit.h"
#include "sim/check/neutral.h"
#include "sim/check/process_case.h"
#include "sim/io/interrupt.h"

enum { WORDS_BYTES = 1500 };

static const char interrupted[] = "it was interrupted";

struct engine {
	const struct engine_config *config;
	const struct check_case *const *cases;
	size_t n, next;
	struct check_report *report;
	struct text *why; /* the first reason why there is no milter */
	bool dead, over;
	pthread_mutex_t lock; /* all of the above */
};

/* FNV-1a: an id is a seed of its own. */
static uint64_t
seed_of(unsigned long long seed, const char *id)
{
	uint64_t h = UINT64_C(14695981039346656037) ^ seed;

	for (; *id != '\0'; id++)
		h = (h ^ (unsigned char)*id) * UINT64_C(1099511628211);
	return h;
}

static char *
owned(struct text *t)
{
	return t->len > 0 ? strdup(text_cstr(t)) : NULL;
}

/* What a play found, in the words of a result. */
static void
take_outcome(struct check_result *r, struct milter_outcome *o)
{
	struct text where = TEXT_INIT(1000), broken = TEXT_INIT(1000);

	if (o->file != NULL)
		text_printf(&where, "%s:%u", o->file, o->line);
	if (o->rule < N_WIRE_RULES)
		text_printf(&broken, "%s: %s (%s)", wire_rules[o->rule].name,
		    wire_rules[o->rule].says, wire_rules[o->rule].source);
	r->where = owned(&where);
	r->broken = owned(&broken);
	r->expected = owned(&o->expected);
	r->got = owned(&o->got);
	r->diff = owned(&o->diff);
	r->variant = owned(&o->variant);
	text_clear(&where);
	text_clear(&broken);
}

static enum check_outcome
outcome_of(enum milter_end end)
{
	static const enum check_outcome map[] = {
		[MILTER_PASS] = CHECK_PASS,
		[MILTER_FAIL] = CHECK_FAIL,
		[MILTER_NOT_REACHED] = CHECK_NOT_REACHED,
		[MILTER_NOT_RUN] = CHECK_NOT_RUN,
		[MILTER_UNREACHABLE] = CHECK_FAIL,
		[MILTER_ERROR] = CHECK_ERROR,
	};

	return map[end];
}

static void
explain(struct check_result *r, const char *what)
{
	free(r->why);
	r->why = strdup(what);
}

/* The milter passed by the lines of the case; did it by what was watched? */
static void
look_at_watch(struct job *j, const struct check_case *k, struct check_result *r)
{
	struct text expected = TEXT_INIT(4096), got = TEXT_INIT(4096);

	if (j->watch->got.len > 0) {
		r->outcome = CHECK_FAIL;
		explain(r, "the milter sent a packet that breaks the rule");
		text_append_cut(&got, text_slice(&j->watch->got));
	} else if (k->head.same) {
		switch (watch_same(j->watch, &expected, &got)) {
		case SAME: break;
		case SAME_UNKNOWN:
			r->outcome = CHECK_NOT_REACHED;
			explain(r, "the milter answers no two equal messages alike, or "
				   "has done with them before their end");
			break;
		case SAME_NOT:
			r->outcome = CHECK_FAIL;
			explain(r, "the same message got another answer");
			break;
		}
	}
	if (got.len > 0) {
		free(r->expected);
		free(r->got);
		r->expected = owned(&expected);
		r->got = owned(&got);
	}
	text_clear(&expected);
	text_clear(&got);
}

/* Two sessions, or more. */
static bool
has_two(const struct check_case *k)
{
	return k->transcript.connections > 1 ||
	       k->transcript.head.generator.kind == GENERATE_SESSIONS;
}

static void
play_once(struct job *j, const struct check_case *k, struct check_result *r)
{
	struct milter_outcome o = MILTER_OUTCOME_INIT;
	enum milter_end end;

	watch_free(j->watch);
	j->watch = watch_new(k->head.rule, k->head.same);
	end = job_play(j, &k->transcript, &o);
	const char *habit = end == MILTER_FAIL ? habit_explains(j, k->head.rule,
						     has_two(k), text_slice(&o.got))
					       : NULL;
	if (habit != NULL) {
		r->outcome = CHECK_NOT_REACHED;
		explain(r, habit);
		milter_outcome_clear(&o);
		return;
	}
	r->outcome = outcome_of(end);
	take_outcome(r, &o);
	if (end == MILTER_FAIL)
		explain(r, o.rule < N_WIRE_RULES
			       ? "the milter broke a rule of the wire"
			       : "the milter did not answer as the case says");
	else if (end == MILTER_UNREACHABLE)
		explain(r, "the milter takes no connection any more");
	else if (end != MILTER_PASS && o.got.len > 0)
		explain(r, text_cstr(&o.got));
	else if (end == MILTER_PASS && j->watch != NULL)
		look_at_watch(j, k, r);
	milter_outcome_clear(&o);
}

static void
forget_outcome(struct check_result *r)
{
	char **const all[] = { &r->why, &r->where, &r->broken, &r->expected, &r->got,
		&r->diff, &r->variant };

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		free(*all[i]);
		*all[i] = NULL;
	}
}

/*
 * A milter that writes the time into a message answers two equal ones differently
 * when the clock moves on between them: only what differs each time is a fault.
 */
static void
play_case(struct job *j, const struct check_case *k, struct check_result *r)
{
	enum { TRIES = 3 };
	int left = k->head.same ? TRIES : 1;
	struct text why = TEXT_INIT(400);

	do {
		forget_outcome(r);
		play_once(j, k, r);
	} while (--left > 0 && r->outcome == CHECK_FAIL && r->where == NULL);
	if (r->outcome != CHECK_FAIL || r->where != NULL || !job_alive(j, &why))
		return;
	const char *way = neutral_explains(j);
	if (way != NULL) {
		forget_outcome(r);
		r->outcome = CHECK_NOT_REACHED;
		explain(r, way);
	}
}

/* An ordinary session and a look at the process, behind the case. */
static void
look_after(struct job *j, const struct check_case *k, struct check_result *r)
{
	struct text why = TEXT_INIT(1000);

	if (r->outcome == CHECK_ERROR || r->outcome == CHECK_NOT_RUN)
		return;
	if (!job_alive(j, &why)) {
		r->outcome = CHECK_FAIL;
		explain(r, text_cstr(&why));
	} else if (!check_head_of_process(&k->head) && r->outcome != CHECK_FAIL &&
		   !job_healthy(j, &why)) {
		r->outcome = CHECK_FAIL;
		explain(r, "an ordinary session fails after it");
		free(r->got);
		r->got = owned(&why);
	} else if (!check_head_of_process(&k->head) && j->began &&
		   process_spins(&j->process)) {
		r->outcome = CHECK_FAIL;
		explain(r, "the milter keeps a processor busy, though nobody asks it "
			   "anything any more");
	}
	text_clear(&why);
}

static bool
may_run(const struct engine_config *c, const struct check_case *k, struct check_result *r)
{
	bool ours = c->process.command != NULL;

	if (ours || k->head.needs == CHECK_NEEDS_NOTHING ||
	    (k->head.needs == CHECK_NEEDS_HOSTILE && c->hostile))
		return true;
	explain(r, k->head.needs == CHECK_NEEDS_PROCESS
		       ? "needs the milter's process: --spawn"
		       : "may end or hang the milter: --spawn, or --hostile");
	return false;
}

/* A milter for the case; before a hostile one it must serve as usual. */
static bool
prepare(
    struct engine *e, struct job *j, const struct check_case *k, struct check_result *r)
{
	struct text why = TEXT_INIT(4000);
	bool hostile = k->head.needs == CHECK_NEEDS_HOSTILE;
	bool ok = job_milter(j, hostile || j->spoiled, &why);

	j->spoiled = false;
	if (!ok && interrupt_count() == 0) {
		(void)pthread_mutex_lock(&e->lock);
		if (!e->dead)
			text_printf(e->why, "%s", text_cstr(&why));
		e->dead = true;
		(void)pthread_mutex_unlock(&e->lock);
	} else if (ok && hostile && !job_healthy(j, &why)) {
		r->outcome = CHECK_NOT_REACHED;
		ok = false;
	}
	if (!ok)
		explain(r, interrupt_count() > 0 ? interrupted : text_cstr(&why));
	text_clear(&why);
	return ok;
}

/* What is kept of a failure only: the words of the milter, and how to repeat it. */
static void
finish(struct job *j, const struct check_case *k, struct check_result *r)
{
	struct text t = TEXT_INIT(8000);

	if (r->outcome == CHECK_FAIL && k->head.known != NULL)
		r->outcome = CHECK_KNOWN;
	if (r->outcome == CHECK_PASS || r->outcome == CHECK_NOT_RUN)
		return;
	if (j->began)
		process_words(&j->process, WORDS_BYTES, &t);
	r->words = owned(&t);
	text_clear(&t);
	text_printf(&t, "%s --only %s", j->config->repeat, k->head.id);
	r->repeat = owned(&t);
	text_clear(&t);
	if (j->wire != NULL) {
		r->wire = j->wire;
		j->wire = wire_log_new();
	}
}

/* What a case seemed to find while it was being ended is no finding. */
static void
break_off(struct check_result *r)
{
	forget_outcome(r);
	r->outcome = CHECK_NOT_RUN;
	explain(r, interrupted);
}

static bool
run_case(struct engine *e, struct job *j, const struct check_case *k)
{
	struct check_result r = { .outcome = CHECK_NOT_RUN };

	if (!check_head_copy(&r.head, &k->head)) {
		check_result_clear(&r);
		return false;
	}
	r.level = check_level_under(&k->head, j->config->profile->name);
	j->seed = seed_of(j->config->seed, k->head.id);
	j->hurry = has_two(k) && habit_known(j, k->head.rule, HABIT_FEW_SESSIONS);
	if (may_run(j->config, k, &r) && prepare(e, j, k, &r)) {
		if (check_head_of_process(&k->head))
			process_case(j, k, &r);
		else
			play_case(j, k, &r);
		look_after(j, k, &r);
		if (interrupt_count() > 0)
			break_off(&r);
		j->spoiled = r.outcome == CHECK_FAIL;
		finish(j, k, &r);
	}
	(void)pthread_mutex_lock(&e->lock);
	if (j->config->found != NULL)
		j->config->found(j->config->self, &r);
	bool ok = check_report_add(e->report, &r);
	(void)pthread_mutex_unlock(&e->lock);
	return ok;
}

static const struct check_case *
next_case(struct engine *e)
{
	const struct check_case *k = NULL;

	(void)pthread_mutex_lock(&e->lock);
	if (interrupt_count() > 0) {
		e->over = true;
		e->report->interrupted = true;
	}
	if (!e->over && !e->dead && e->next < e->n)
		k = e->cases[e->next++];
	(void)pthread_mutex_unlock(&e->lock);
	return k;
}

static void *
work(void *self)
{
	struct engine *e = self;
	struct job j = { .config = e->config, .wire = wire_log_new() };
	const struct check_case *k;

	while ((k = next_case(e)) != NULL && run_case(e, &j, k))
		continue;
	if (j.began) {
		(void)process_stop(&j.process);
		process_end(&j.process);
	}
	wire_log_free(j.wire);
	watch_free(j.watch);
	return NULL;
}

bool
engine_run(const struct engine_config *c, const struct check_case *const *cases, size_t n,
    struct check_report *report, struct text *why)
{
	struct engine e = {
		.config = c, .cases = cases, .n = n, .report = report, .why = why
	};
	unsigned jobs = c->process.command != NULL && c->jobs > 0 ? c->jobs : 1;
	pthread_t thread[JOBS_MAX];
	unsigned started = 0;

	(void)pthread_mutex_init(&e.lock, NULL);
	for (unsigned i = 1; i < jobs && i < JOBS_MAX && i < n; i++) {
		if (pthread_create(&thread[started], NULL, work, &e) == 0)
			started++;
	}
	(void)work(&e);
	for (unsigned i = 0; i < started; i++)
		(void)pthread_join(thread[i], NULL);
	(void)pthread_mutex_destroy(&e.lock);
	report->tally.dead = e.dead;
	check_report_sort(report);
	return !e.dead;
}
