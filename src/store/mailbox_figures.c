/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/mailbox_figures.h"

void
mailbox_count(struct mailbox_totals *t, enum look_up_kind kind, enum answer_way way)
{
	if (t != NULL)
		atomic_fetch_add_explicit(
		    &t->answers[kind][way], 1, memory_order_relaxed);
}

void
mailbox_totals_measure(struct mailbox_totals *t, struct text *to)
{
#define NAME(id, name) [ANSWER_##id] = (name),
	static const char *const way_name[] = { ANSWER_WAYS(NAME) };
#undef NAME
	static const char *const kind_name[] = { [LOOK_UP_ACCOUNT] = "user",
		[LOOK_UP_USAGE] = "usage",
		[LOOK_UP_FORWARD] = "forward" };
	static const struct metric lookups = { "refmilter_quota_lookups_total", "counter",
		"Questions about mailboxes, by how they were answered." };
	static const struct metric seconds = { "refmilter_quota_lookup_seconds",
		"histogram", "Time that a question waited for its look-up." };
	const struct metric_label filter = { "filter", "quota" };

	metrics_family(to, &lookups);
	for (size_t k = 0; k < N_LOOK_UP_KINDS; k++) {
		for (size_t w = 0; w < N_ANSWER_WAYS; w++) {
			const struct metric_label label[] = { filter,
				{ "what", kind_name[k] }, { "result", way_name[w] } };

			metrics_sample(
			    to, &lookups, label, 3, atomic_load(&t->answers[k][w]));
		}
	}
	metrics_family(to, &seconds);
	metrics_histogram(to, &seconds, &filter, 1, &t->waited);
}
