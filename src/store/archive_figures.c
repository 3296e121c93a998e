/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/archive_figures.h"

#define FILTER                                                                           \
	{                                                                                \
		"filter", "logger"                                                       \
	}

void
archive_totals_measure(struct archive_totals *t, struct text *to)
{
#define NAME(id, name) [COPY_##id] = (name),
	static const char *const end_name[] = { COPY_ENDS(NAME) };
#undef NAME
	static const struct metric copies = { "refmilter_logger_copies_total", "counter",
		"Copies, by what became of them." };
	static const struct metric bytes = { "refmilter_logger_copy_bytes_total",
		"counter", "Bytes of the messages that were kept." };
	const struct metric_label filter = FILTER;

	metrics_family(to, &copies);
	for (size_t i = 0; i < N_COPY_ENDS; i++) {
		const struct metric_label label[] = { FILTER, { "result", end_name[i] } };

		metrics_sample(to, &copies, label, 2, atomic_load(&t->copies[i]));
	}
	metrics_family(to, &bytes);
	metrics_sample(to, &bytes, &filter, 1, atomic_load(&t->bytes));
}

void
archive_free_measure(unsigned long long bytes, struct text *to)
{
	static const struct metric left = { "refmilter_logger_free_bytes", "gauge",
		"Free for an ordinary user where the copies are." };
	const struct metric_label filter = FILTER;

	metrics_family(to, &left);
	metrics_sample(to, &left, &filter, 1, bytes);
}
