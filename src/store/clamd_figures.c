/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/clamd_figures.h"

#include "base/metrics.h"

static void
measure_one(struct text *to, const struct metric *m, const char *label, const char *value,
    unsigned long long n)
{
	const struct metric_label labels[] = { { "filter", "virus" }, { label, value } };

	metrics_sample(to, m, labels, label != NULL ? 2 : 1, n);
}

static const char *
outcome_name(enum second_outcome o)
{
#define NAME(id, name) [SECOND_##id] = (name),
	static const char *const names[] = { SECOND_OUTCOMES(NAME) };
#undef NAME
	return names[o];
}

void
clamd_totals_measure(struct clamd_totals *t, struct clamd_watch *watch, struct text *to)
{
	static const struct metric messages = { "refmilter_clamd_messages_total",
		"counter", "Messages for the second stage, by what came of them." };
	static const struct metric troubles = { "refmilter_clamd_errors_total", "counter",
		"Attempts to get a verdict that gave none." };
	static const struct metric bytes = { "refmilter_clamd_bytes_total", "counter",
		"Bytes of messages that got a verdict." };
	static const struct metric now = { "refmilter_clamd_messages_waiting", "gauge",
		"Messages with clamd or in the queue." };
	static const struct metric up = { "refmilter_clamd_up", "gauge",
		"Whether the server answered at the last look." };

	metrics_family(to, &messages);
	for (int i = 0; i < N_SECOND_OUTCOMES; i++)
		measure_one(to, &messages, "outcome",
		    outcome_name((enum second_outcome)i), atomic_load(&t->outcome[i]));
	metrics_family(to, &troubles);
	for (int i = 0; i < N_CLAMD_TROUBLES; i++)
		measure_one(to, &troubles, "cause",
		    clamd_trouble_name((enum clamd_trouble)i),
		    atomic_load(&t->trouble[i]));
	metrics_family(to, &bytes);
	measure_one(to, &bytes, NULL, NULL, atomic_load(&t->bytes));
	metrics_family(to, &now);
	measure_one(to, &now, NULL, NULL, atomic_load(&t->now));
	metrics_family(to, &up);
	for (size_t i = 0; i < watch->servers; i++)
		measure_one(to, &up, "server", watch->server[i].name,
		    atomic_load(&watch->server[i].state) == CLAMD_UP);
}
