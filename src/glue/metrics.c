/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/metrics.h"

#include "base/clock.h"
#include "base/log.h"
#include "glue/metrics_file.h"
#include "glue/options.h"

enum { FIGURES_MAX = 1 << 20 };

static const struct metric messages = { "refmilter_messages_total", "counter",
	"Messages begun with MAIL." };
static const struct metric sessions = { "refmilter_sessions_total", "counter",
	"Connections of the MTA." };
static const struct metric delayed = { "refmilter_delayed_total", "counter",
	"Answers held back on purpose." };
static const struct metric failures = { "refmilter_failures_total", "counter",
	"Events that could not be judged." };
static const struct metric reloads = { "refmilter_reloads_total", "counter",
	"Reloads of configuration and rules." };

/* A family begins with the first of its rows. */
static const struct count_row {
	const struct metric *metric;
	const char *label, *value; /* NULL: none beside the filter */
	enum count count;
} count_row[] = {
	{ &messages, NULL, NULL, COUNT_MESSAGES },
	{ &sessions, "result", "negotiated", COUNT_SESSIONS },
	{ &sessions, "result", "refused", COUNT_SESSIONS_REFUSED },
	{ &delayed, NULL, NULL, COUNT_DELAYED },
	{ &failures, "cause", "memory", COUNT_FAILED_MEMORY },
	{ &failures, "cause", "stopping", COUNT_FAILED_STOPPING },
	{ &failures, "cause", "no_mail", COUNT_FAILED_NO_MAIL },
	{ &reloads, "result", "done", COUNT_RELOADS },
	{ &reloads, "result", "failed", COUNT_RELOADS_FAILED },
};

static void
collect_counts(const struct totals *t, struct text *to)
{
	const struct metric *family = NULL;

	for (size_t i = 0; i < sizeof count_row / sizeof count_row[0]; i++) {
		const struct count_row *r = &count_row[i];
		const struct metric_label label[] = { { "filter", t->policy },
			{ r->label, r->value } };

		if (r->metric != family)
			metrics_family(to, r->metric);
		family = r->metric;
		metrics_sample(
		    to, r->metric, label, r->label != NULL ? 2 : 1, t->count[r->count]);
	}
}

static void
collect_verdicts(const struct totals *t, struct text *to)
{
	static const struct metric verdicts = { "refmilter_verdicts_total", "counter",
		"Answers to the MTA." };
	static const char *const word[] = { "continue", "accept", "reject", "tempfail" };

	metrics_family(to, &verdicts);
	for (size_t e = 0; e < N_COUNTED_EVENTS; e++) {
		for (size_t v = 0; v < N_COUNTED_VERDICTS; v++) {
			const struct metric_label label[] = { { "filter", t->policy },
				{ "event", counted_event_name((enum counted_event)e) },
				{ "verdict", word[v] } };

			metrics_sample(to, &verdicts, label, 3, t->verdict[e][v]);
		}
	}
}

static void
collect_process(const struct reload *source, const char *policy, struct text *to)
{
	static const struct metric info = { "refmilter_build_info", "gauge",
		"Always 1; the version is a label." };
	static const struct metric loaded = { "refmilter_rules_loaded_timestamp_seconds",
		"gauge", "When the rules in force were loaded." };
	static const struct metric answers = { "refmilter_answer_seconds", "histogram",
		"Time from an event to its answer, without delays on purpose." };
	const struct metric_label label[] = { { "filter", policy },
		{ "version", PACKAGE_VERSION } };

	metrics_family(to, &info);
	metrics_sample(to, &info, label, 2, 1);
	metrics_family(to, &loaded);
	metrics_sample(to, &loaded, label, 1, (unsigned long long)source->loaded);
	metrics_family(to, &answers);
	metrics_histogram(to, &answers, label, 1, counters_answers(source->counters));
}

void
metrics_count_rules(
    struct text *to, const char *filter, const struct metrics_rules *rules, size_t kinds)
{
	static const struct metric in_force = { "refmilter_rules", "gauge",
		"Rules in force, by kind." };

	metrics_family(to, &in_force);
	for (size_t i = 0; i < kinds; i++) {
		const struct metric_label label[] = { { "filter", filter },
			{ "kind", rules[i].kind } };

		metrics_sample(to, &in_force, label, 2, rules[i].count);
	}
}

void
metrics_collect(const struct reload *source, struct text *to)
{
	const struct rulebook *book = source->program->rulebook;
	struct totals t;

	counters_read(source->counters, &t);
	collect_process(source, t.policy, to);
	collect_counts(&t, to);
	collect_verdicts(&t, to);
	if (book->measure == NULL)
		return;
	struct snapshot *s = snapshot_pin(source->holder);
	book->measure(snapshot_rules(s), to);
	snapshot_unpin(source->holder, s);
}

void
metrics_init(
    struct metrics *m, const struct common_options *o, const struct reload *source)
{
	*m = (struct metrics){ .path = o->metrics_file,
		.interval_ms = 1000LL * o->metrics_interval,
		.source = source };
}

static void
tell(struct metrics *m, int error)
{
	char buffer[128];

	if (error == m->trouble)
		return;
	m->trouble = error;
	if (error == 0)
		log_notice("the metrics-file %s is written again", m->path);
	else
		log_warning("cannot write the metrics-file %s: %s; mail goes on", m->path,
		    strerror_r(error, buffer, sizeof buffer));
}

void
metrics_write(struct metrics *m)
{
	struct text figures = TEXT_INIT(FIGURES_MAX);

	if (m->path[0] == '\0')
		return;
	metrics_collect(m->source, &figures);
	tell(m, metrics_file_put(m->path, text_slice(&figures)));
	text_clear(&figures);
	m->due_ms = monotonic_ms() + m->interval_ms;
}

void
metrics_tick(struct metrics *m)
{
	if (m->path[0] != '\0' && monotonic_ms() >= m->due_ms)
		metrics_write(m);
}
